// What the theme's scripts share with the till and with the theme's templates. The till's part is its contract, made into types
// by `cargo xtask test lint`: a field or a code that is renamed there does not compile here.

type Paths = import("./contract").paths;
type Schemas = import("./contract").components["schemas"];

type RefusalCode = Schemas["RefusalCode"];
type Problem = Schemas["Problem"];
type CheckoutBody = Schemas["CheckoutBody"];
type Quote = Schemas["QuoteAnswer"];
type Standings = Paths["/api/stock"]["get"]["responses"][200]["content"]["application/json"];

/** What scripts post to. */
type Path = "/api/quote" | "/api/checkout";
type Posted<P extends Path> = Paths[P]["post"]["requestBody"]["content"]["application/json"];
type Answer<P extends Path> = Paths[P]["post"]["responses"][200]["content"]["application/json"];
type Answered<P extends Path> = Pick<Response, "headers"> &
  ({ ok: true; json(): Promise<Answer<P>> } | { ok: false; json(): Promise<Problem> });

/** The cart, as a browser keeps it. */
type Cart = {
  /** Names it to the till. */
  id: string;
  lines: CartLine[];
  country?: string;
  rate?: string | null;
  /** Words for a present. */
  gift?: string;
  /** The address of the order that was last begun, and what of the cart it takes; without that, all of it. */
  order?: string;
  paying?: Pick<CartLine, "sku" | "note" | "quantity">[];
};

/** A line of it: what the product's page said, replaced by what the till says. */
type CartLine = {
  sku: string;
  note: string | null;
  quantity: number;
  price: number;
  printed?: string | null;
  title: string;
  url?: string;
  image?: string;
  most?: number;
  /** It cannot be had now. */
  held?: boolean;
  total?: string;
  words?: string | null;
  made?: string | null;
  collect?: boolean;
};

/** What is filled into a text. */
type Values = { readonly [name: string]: unknown };

/** Texts that templates/cart.html gives as `data-…`. */
type CartText =
  | RefusalCode
  | "unserved_country" | "unserved_rate" | "unserved_weight" | "unserved_pickup_only" | "unserved_no_pickup" | "unserved_collect"
  | "note" | "each" | "quantity" | "remove" | "removed" | "free" | "free_in" | "delivery" | "replaced" | "new_price"
  | "no_till" | "offline" | "loading" | "withdrawn" | "bad_line" | "less" | "less_together";

/** Texts that templates/parts/buy.html gives of delivery. */
type DeliveryText = "way" | "free" | "to" | "days" | "free_in" | "not_served" | "offline";

/** The element that a selector finds, by the tag that it names. */
type Found<S extends string> = S extends `${infer First}, ${infer Rest}` ? Found<First> | Found<Rest>
  : S extends `${string} ${infer Last}` ? Found<Last>
  : Before<Before<Before<S, "[">, ".">, ":"> extends infer Tag extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Tag]
  : HTMLElement;
type Before<S extends string, Sign extends string> = S extends `${infer Start}${Sign}${string}` ? Start : S;

interface Document {
  /** https://developer.mozilla.org/docs/Web/API/Document/prerendering */
  readonly prerendering?: boolean;
}
