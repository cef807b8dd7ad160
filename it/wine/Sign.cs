// Signs by the keys that Windows offers, with nothing but what .NET has: an unmodified program's part in the tests and in `demo --windows`.
//
//   Sign exists PROVIDER KEY
//   Sign key    PROVIDER KEY pkcs1|pss|ecdsa SHA256|SHA384|SHA512 DATA SIGNATURE
//   Sign store  NAME         pkcs1|pss|ecdsa SHA256|SHA384|SHA512 DATA SIGNATURE
//   Sign cms    NAME DATA CMS       (detached, with signed attributes)
//   Sign list
//
// NAME is the friendly name of a certificate in CurrentUser\MY. Ends with 0, or says the exception and its number and ends with 1.
using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

static class Sign
{
    static int Main(string[] args)
    {
        try
        {
            Run(args);
            return 0;
        }
        catch (Exception e)
        {
            Console.WriteLine("{0} 0x{1:X8}: {2}", e.GetType().Name, e.HResult, e.Message);
            return 1;
        }
    }

    static void Run(string[] args)
    {
        switch (args[0])
        {
            case "exists":
                Console.WriteLine(CngKey.Exists(args[2], new CngProvider(args[1])) ? "yes" : "no");
                break;
            case "key":
                using (var key = CngKey.Open(args[2], new CngProvider(args[1])))
                {
                    var octets = args[3] == "ecdsa"
                        ? Ecdsa(new ECDsaCng(key), args[4], args[5])
                        : Rsa(new RSACng(key), args[3], args[4], args[5]);
                    File.WriteAllBytes(args[6], octets);
                }
                break;
            case "store":
                using (var found = Certificate(args[1]))
                {
                    var octets = args[2] == "ecdsa"
                        ? Ecdsa(found.GetECDsaPrivateKey(), args[3], args[4])
                        : Rsa(found.GetRSAPrivateKey(), args[2], args[3], args[4]);
                    File.WriteAllBytes(args[5], octets);
                }
                break;
            case "cms":
                Cms(args[1], args[2], args[3]);
                break;
            case "list":
                foreach (var one in Mine())
                {
                    Console.WriteLine("{0} | {1} | {2}", one.FriendlyName, one.Subject, one.HasPrivateKey);
                }
                break;
            default:
                throw new ArgumentException(args[0]);
        }
    }

    static byte[] Rsa(RSA key, string padding, string hash, string data)
    {
        return key.SignData(
            File.ReadAllBytes(data),
            new HashAlgorithmName(hash),
            padding == "pss" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    // r and s, one after the other.
    static byte[] Ecdsa(ECDsa key, string hash, string data)
    {
        return key.SignData(File.ReadAllBytes(data), new HashAlgorithmName(hash));
    }

    static void Cms(string name, string data, string to)
    {
        // For Wine alone: its crypt32 finds keys of providers once the router of the tests is in the process, which a first call of
        // ncrypt brings, whatever comes of it.
        try
        {
            CngKey.Exists("none", CngProvider.MicrosoftSoftwareKeyStorageProvider);
        }
        catch (CryptographicException)
        {
        }
        using (var certificate = Certificate(name))
        {
            var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate);
            signer.DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"); // SHA-256
            signer.IncludeOption = X509IncludeOption.EndCertOnly;
            signer.SignedAttributes.Add(new Pkcs9SigningTime());
            var cms = new SignedCms(new ContentInfo(File.ReadAllBytes(data)), true);
            cms.ComputeSignature(signer, false);
            File.WriteAllBytes(to, cms.Encode());
        }
    }

    static X509Certificate2 Certificate(string name)
    {
        return Mine().Single(one => one.FriendlyName == name);
    }

    static X509Certificate2[] Mine()
    {
        using (var store = new X509Store(StoreName.My, StoreLocation.CurrentUser))
        {
            store.Open(OpenFlags.ReadOnly);
            return store.Certificates.Cast<X509Certificate2>().ToArray();
        }
    }
}
