// What a till needs in its environment, with values of no worth: a stand-in for Stripe, mails in a folder.

import { mkdirSync } from "node:fs";
import path from "node:path";

export function secrets(shop, { stripe = "http://127.0.0.1:9" } = {}) {
  const mails = path.join(shop, "mails");
  mkdirSync(mails, { recursive: true });
  return {
    STRIPE_SECRET_KEY: "sk_test_deploy",
    STRIPE_WEBHOOK_SECRETS: "whsec_simulator",
    STRIPE_API_URL: stripe,
    TILL_LINK_KEYS: "l".repeat(32),
    TILL_SWEEP_SECRET: "s".repeat(24),
    TILL_MAIL_FOLDER: mails,
  };
}
