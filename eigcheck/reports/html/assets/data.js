// The outcomes' data: blocks of gzip in base64, each unpacked once, when one of its outcomes is opened.

const unpacked = new Map();

async function text(bytes) {
  if (typeof DecompressionStream === "undefined") return new TextDecoder().decode(gunzip(bytes));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

async function unpack(block) {
  const packed = atob(document.getElementById(`block-${block}`).textContent);
  return JSON.parse(await text(Uint8Array.from(packed, (char) => char.charCodeAt(0))));
}

/** The outcome in a place of a block. */
async function outcomeAt(block, at) {
  if (!unpacked.has(block)) unpacked.set(block, unpack(block));
  return (await unpacked.get(block))[at];
}
