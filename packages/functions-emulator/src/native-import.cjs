// `import()` as Node itself does it. A test runner that transforms `import()` in our TypeScript cannot reach this file,
// so an app is always loaded unmodified.
module.exports = (url) => import(url);
