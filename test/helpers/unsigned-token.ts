/** What emulators look at in a Microsoft Entra ID token. */
export interface TokenClaims {
  aud: string;
  iss?: string;
  /** Seconds since 1970. */
  exp?: number;
}

const TENANT = "11111111-2222-4333-8444-555555555555";

/** A token as Microsoft Entra ID writes them, for an hour, without a signature. */
export function unsignedToken(claims: TokenClaims): string {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now - 60, nbf: now - 60, exp: now + 3600 };
  const payload = { iss: `https://sts.windows.net/${TENANT}/`, ...times, ...claims };
  return `${encode({ typ: "JWT", alg: "none" })}.${encode(payload)}.`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
