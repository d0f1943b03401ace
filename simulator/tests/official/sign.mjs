// Signs as Stripe does, by its own package: { payload, secret, timestamp } on standard input, the header on standard output.
import { readFileSync } from 'node:fs';
import Stripe from 'stripe';

const { payload, secret, timestamp } = JSON.parse(readFileSync(0));
console.log(new Stripe('sk_test_sign').webhooks.generateTestHeaderString({ payload, secret, timestamp }));
