// A plugin of Netlify Build: keeps between builds what takes long to make. All of it may be lost; then it is made again.
// (The site itself is not kept: rendering it is quicker than bringing it back.)

const KEPT = [
  ".bazaar/bin", // the programs: a push of content alone compiles and fetches nothing
  ".bazaar/photos", // every photo in every size
  ".bazaar/documents", // texts as they were understood
  ".bazaar/stock.json", // what was sold when the till was last asked
];

module.exports = {
  async onPreBuild({ utils }) {
    await utils.cache.restore(KEPT);
  },
  // Also when the build failed: what was compiled and developed until then is worth keeping.
  async onEnd({ utils }) {
    await utils.cache.save(KEPT);
  },
};
