//! The one name that a program looks up in a PKCS#11 module of v2.40.

use kryoptic_lib::pkcs11::{CK_FUNCTION_LIST_PTR_PTR, CK_RV};

#[unsafe(no_mangle)]
pub extern "C" fn C_GetFunctionList(list: CK_FUNCTION_LIST_PTR_PTR) -> CK_RV {
    kryoptic_lib::fns::general::fn_get_function_list(list)
}
