// What Google requires of structured data: merchant listings, product variants, breadcrumbs, and an organization with
// its shipping and return policies (developers.google.com/search/docs/appearance/structured-data).

const list = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);

export const typesOf = (block) => list(block["@type"]).map((type) => type.replace(/^https?:\/\/schema\.org\//, ""));

const isAbsolute = (value) => /^https?:\/\//.test(typeof value === "object" ? (value?.url ?? value?.contentUrl ?? "") : (value ?? ""));

/** Every offer of a page: `{ sku, price, priceCurrency, availability }`. */
export function offersOf(blocks) {
  const found = [];
  for (const block of blocks) {
    for (const item of typesOf(block).includes("ProductGroup") ? list(block.hasVariant) : typesOf(block).includes("Product") ? [block] : []) {
      for (const offer of list(item.offers)) found.push({ sku: offer.sku ?? item.sku, price: offer.price, priceCurrency: offer.priceCurrency, availability: offer.availability });
    }
  }
  return found;
}

function offer(value, complain, of) {
  if (!(Number(value.price) > 0)) complain(`${of}: offer without a price`);
  if (!/^[A-Z]{3}$/.test(value.priceCurrency ?? "")) complain(`${of}: offer without priceCurrency`);
  if (!/^https?:\/\/schema\.org\/\w+$/.test(value.availability ?? "")) complain(`${of}: offer without availability`);
}

/** `inherited`: what a variant may take from its group. */
export function product(block, complain, inherited = {}) {
  const of = `Product ${block.sku ?? block.name}`;
  if (!block.name) complain(`${of}: no name`);
  const images = list(block.image ?? inherited.image);
  if (images.length === 0) complain(`${of}: no image`);
  for (const image of images) if (!isAbsolute(image)) complain(`${of}: image ${JSON.stringify(image)} is not an absolute address`);
  const offers = list(block.offers);
  if (offers.length === 0) complain(`${of}: no offers`);
  for (const one of offers) offer(one, complain, of);
}

export function productGroup(block, complain) {
  const of = `ProductGroup ${block.productGroupID ?? block.name}`;
  for (const field of ["name", "productGroupID"]) if (!block[field]) complain(`${of}: no ${field}`);
  if (list(block.variesBy).length === 0) complain(`${of}: no variesBy`);
  const variants = list(block.hasVariant);
  if (variants.length === 0) complain(`${of}: no hasVariant`);
  for (const variant of variants) {
    if (!typesOf(variant).includes("Product")) complain(`${of}: a variant is not a Product`);
    if (!variant.sku && !variant.gtin) complain(`${of}: a variant without sku`);
    product(variant, complain, block);
  }
}

export function breadcrumbs(block, complain) {
  const steps = list(block.itemListElement);
  if (steps.length === 0) complain("BreadcrumbList: empty");
  steps.forEach((step, index) => {
    if (step.position !== index + 1) complain(`BreadcrumbList: step ${index + 1} has position ${step.position}`);
    if (!step.name && !step.item?.name) complain(`BreadcrumbList: step ${index + 1} has no name`);
    const item = step.item?.["@id"] ?? step.item?.url ?? step.item;
    if (!isAbsolute(item) && (item !== undefined || index < steps.length - 1)) complain(`BreadcrumbList: step ${index + 1} leads to ${item}`);
  });
}

const SELLERS = ["Organization", "OnlineStore", "OnlineBusiness", "Store"];

export function organization(blocks, complain) {
  const seller = blocks.find((block) => typesOf(block).some((type) => SELLERS.includes(type)));
  if (!seller) return complain("no Organization");
  for (const field of ["@id", "name", "url"]) if (!seller[field]) complain(`Organization: no ${field}`);
  const returns = list(seller.hasMerchantReturnPolicy);
  if (returns.length === 0) complain("Organization: no hasMerchantReturnPolicy");
  for (const policy of returns) {
    if (list(policy.applicableCountry).length === 0) complain("MerchantReturnPolicy: no applicableCountry");
    if (!policy.returnPolicyCategory) complain("MerchantReturnPolicy: no returnPolicyCategory");
    if (policy.returnPolicyCategory?.endsWith("MerchantReturnFiniteReturnWindow") && !(policy.merchantReturnDays > 0)) complain("MerchantReturnPolicy: a finite window without merchantReturnDays");
  }
  const services = list(seller.hasShippingService);
  if (services.length === 0) complain("Organization: no hasShippingService");
  for (const service of services) {
    const conditions = list(service.shippingConditions);
    if (conditions.length === 0) complain("ShippingService: no shippingConditions");
    for (const condition of conditions) {
      if (!condition.doesNotShip && !condition.shippingRate) complain("ShippingConditions: no shippingRate");
    }
  }
}
