// What the words of `npm run bench` mean, and which ones are refused.
import { expect, test } from "vitest";
import { help, optionsOf, UsageError } from "../../bench/arguments.js";

const plain = { help: false, filter: "", repeats: 11, tries: 1, peers: false, quick: false, long: false };

test.each([
  [[], plain],
  [["-h"], { ...plain, help: true }],
  [["--quick"], { ...plain, quick: true, repeats: 3 }],
  [["--quick", "--repeats", "5"], { ...plain, quick: true, repeats: 5 }],
  [
    ["--filter", "matrix", "--group=small", "--tries", "3", "--peers", "--long", "--json", "a.json", "--html", "a.html"],
    { ...plain, filter: "matrix", group: "small", tries: 3, peers: true, long: true, json: "a.json", html: "a.html" },
  ],
])("%j", (words, options) => {
  expect(optionsOf(words)).toEqual(options);
});

const refused: [string[], RegExp][] = [
  [["matrix"], /^unexpected argument 'matrix'/i],
  [["--peer"], /unknown option '--peer'/],
  [["--filter"], /--filter <value>' argument missing/],
  [["--group", "tiny"], /^--group must be main, complex, .* or threads, got "tiny"$/],
  [["--group", "toString"], /got "toString"/],
  [["--json", ""], /^--json must be the name of a file, got ""$/],
  [["--quick", "--long"], /exclude each other/],
  ...["0", "1.5", "many", "", "1e3", "10001"].map((count): [string[], RegExp] => [["--repeats", count], new RegExp(`^--repeats must be a whole number from 1 to 10000, got "${count}"$`)]),
  [["--tries=-1"], /got "-1"/],
];

test.each(refused)("%j is refused by a sentence", (words, sentence) => {
  let thrown: unknown;
  try {
    optionsOf(words);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UsageError);
  expect((thrown as UsageError).message).toMatch(sentence);
  expect((thrown as UsageError).message).not.toContain("\n");
});

test("help names every option and group in 100 columns", () => {
  for (const word of ["--peers", "--filter", "--group", "--repeats", "--tries", "--quick", "--long", "--json", "--html", "lengths"]) expect(help).toContain(word);
  for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});
