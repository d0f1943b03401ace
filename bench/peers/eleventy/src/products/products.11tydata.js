// Template and address of every product.
export default { layout: "product.11ty.js", permalink: (d) => `/products/${d.page.fileSlug}/` };
