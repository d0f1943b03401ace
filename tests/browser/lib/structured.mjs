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

/** developers.google.com/search/docs/appearance/structured-data/return-policy */
export function returnPolicy(policy, complain) {
  const countries = list(policy.applicableCountry);
  if (countries.length === 0 || countries.length > 50) complain(`MerchantReturnPolicy: ${countries.length} countries in applicableCountry, 1 to 50 are taken`);
  for (const code of [...countries, policy.returnPolicyCountry]) if (!/^[A-Z]{2}$/.test(code ?? "")) complain(`MerchantReturnPolicy: ${code} is not a country`);
  if (!policy.returnPolicyCategory) complain("MerchantReturnPolicy: no returnPolicyCategory");
  if (policy.returnPolicyCategory?.endsWith("MerchantReturnFiniteReturnWindow") && !(policy.merchantReturnDays > 0)) complain("MerchantReturnPolicy: a finite window without merchantReturnDays");
}

/** developers.google.com/search/docs/appearance/structured-data/merchant-listing, OfferShippingDetails */
export function shippingDetails(details, complain) {
  const regions = list(details.shippingDestination);
  if (regions.length === 0 || !regions.every((region) => /^[A-Z]{2}$/.test(region.addressCountry ?? ""))) complain("OfferShippingDetails: no shippingDestination with a country");
  if (details.doesNotShip) return;
  if (!(Number(details.shippingRate?.value) >= 0) || !/^[A-Z]{3}$/.test(details.shippingRate?.currency ?? "")) complain("OfferShippingDetails: no shippingRate");
}

/** What is named by `@id` stands, whole, on the same page: no search engine fetches another one for it. */
export function references(blocks, complain) {
  const defined = new Set();
  const named = new Set();
  const look = (value) => {
    if (!value || typeof value !== "object") return;
    if (typeof value["@id"] === "string") (Object.keys(value).length === 1 ? named : defined).add(value["@id"]);
    for (const inner of Object.values(value)) look(inner);
  };
  blocks.forEach(look);
  for (const id of named) if (!defined.has(id)) complain(`nothing on this page is ${id}`);
}

const SELLERS = ["Organization", "OnlineStore", "OnlineBusiness", "Store"];

export function organization(blocks, complain) {
  const seller = blocks.find((block) => typesOf(block).some((type) => SELLERS.includes(type)));
  if (!seller) return complain("no Organization");
  for (const field of ["@id", "name", "url"]) if (!seller[field]) complain(`Organization: no ${field}`);
  const returns = list(seller.hasMerchantReturnPolicy);
  if (returns.length === 0) complain("Organization: no hasMerchantReturnPolicy");
  for (const policy of returns) returnPolicy(policy, complain);
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
