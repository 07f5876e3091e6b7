// The rules that the compiler does not know.
import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "bench/dist/", "target/", "**/pkg/", "**/.venv/"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": [
        "error",
        // An addon is required, not imported: its types are named where it is.
        { disallowTypeAnnotations: false, fixStyle: "inline-type-imports" },
      ],
      "@typescript-eslint/no-empty-function": "off",
      // An index into a typed array that a loop keeps in bounds.
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-restricted-imports": ["error", { patterns: ["../../../*"] }],
      eqeqeq: "error",
    },
  },
  {
    // The tools ask these for a default export.
    ignores: ["*.config.{js,ts}"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Export by name: one idea, one name." },
      ],
    },
  },
  {
    files: ["**/*.{js,mjs}"],
    // The compiler knows the globals of TypeScript's files.
    languageOptions: {
      globals: {
        console: "readonly",
        process: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
      },
    },
  },
);
