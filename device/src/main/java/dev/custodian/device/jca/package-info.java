/// Device keys for whatever signs through the JCA: JSSE, `HttpClient`, signers of documents.
///
/// ```java
/// Security.addProvider(new DeviceProvider());
/// PrivateKey key = DevicePrivateKey.of(deviceKey);
/// var certificate = DeviceCertificates.selfSigned(deviceKey, "laptop", from, to, random);
/// context.init(new KeyManager[] {new DeviceIdentity(key, certificate)}, trust, null);
/// ```
///
/// With RSASSA-PSS the parameters come after the key: the key chooses the provider.
@NullMarked
package dev.custodian.device.jca;

import org.jspecify.annotations.NullMarked;
