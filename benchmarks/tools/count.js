// The tokens of each text on stdin, a JSON list; o200k is what OpenAI's models use, and others come close.
const { encode } = require("gpt-tokenizer/encoding/o200k_base");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => encode(text).length)));
