/** Version of this application, as in `package.json`; part of the `User-Agent`. */
export const VERSION = "0.1.0";
