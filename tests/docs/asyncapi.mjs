// Validates an AsyncAPI document with the public parser: asyncapi.mjs FOLDER_WITH_NODE_MODULES DOCUMENT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [tools, file] = process.argv.slice(2);
const { Parser } = createRequire(join(tools, 'here.js'))('@asyncapi/parser');
const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'));
for (const one of diagnostics)
    console.log(`severity ${one.severity}: ${one.code}: ${one.path.join('.')}: ${one.message}`);
if (!document || diagnostics.length > 0)
    process.exit(1);
console.log(`${file}: valid, ${document.operations().length} operations, ${document.messages().length} messages`);
