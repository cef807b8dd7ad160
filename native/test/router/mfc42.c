// signtool needs two functions of Microsoft's MFC42.dll, which Wine does not have: operators new and delete of C++.
#include <stdlib.h>

void *allocate(size_t size) {
    return malloc(size == 0 ? 1 : size);
}

void release(void *memory) {
    free(memory);
}
