/** The package's version, which is also that of its addon and of its module. */
export const version = "0.1.0";
