import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { generate } from "selfsigned";

export interface TestCertificate {
  /** PEM texts. */
  cert: string;
  key: string;
  certFile: string;
  keyFile: string;
  /** Removes the files and the trust. */
  discard(): Promise<void>;
}

/** Makes a certificate for 127.0.0.1, in files, and has this process trust it, as `NODE_EXTRA_CA_CERTS` does. */
export async function trustedCertificate(): Promise<TestCertificate> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), "certificate-"));
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, cert]);
  const discard = async (): Promise<void> => {
    setDefaultCACertificates(before);
    await rm(folder, { recursive: true, force: true });
  };
  return { cert, key, certFile, keyFile, discard };
}
