// A scheduled function: every five minutes it has the till settle what is overdue and send the mails that did not go.
// Netlify cannot put the till itself on a schedule, because it is a native program.

export default async () => {
  const { URL: shop, TILL_SWEEP_SECRET: secrets = "" } = process.env;
  const secret = secrets.split(",")[0].trim(); // while it is being changed, there are two
  if (!shop || !secret) throw new Error("TILL_SWEEP_SECRET is not set: give it to Functions in the site's environment variables");
  const answer = await fetch(`${shop}/api/sweep`, { method: "POST", headers: { authorization: `Bearer ${secret}` }, redirect: "error", signal: AbortSignal.timeout(25_000) });
  if (answer.status !== 200) throw new Error(`the sweep was answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
};

export const config = { schedule: "*/5 * * * *" };
