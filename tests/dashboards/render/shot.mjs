// Takes a picture of one dashboard, and says what is wrong on the page.
// shot.mjs PAGE PROMETHEUS FILE OUT.png [NAME=VALUE...]
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [page, prometheus, file, out, ...chosen] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM || ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const problems = [];
try {
  const tab = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  tab.on('pageerror', (error) => problems.push(`page: ${error.stack}`));
  const parameters = new URLSearchParams({ file, prometheus, scrape: '120' });
  for (const choice of chosen) {
    const at = choice.indexOf('=');
    parameters.set(`var-${choice.slice(0, at)}`, choice.slice(at + 1));
  }
  await tab.goto(`${page}/?${parameters}`);
  await tab.waitForFunction(() => window.dashboard || window.pageErrors.length > 0, null, { timeout: 30000 });
  const height = await tab.evaluate(() => window.dashboard?.height ?? 1000);
  await tab.setViewportSize({ width: 1600, height });
  // until no further query was sent for a while
  let queries = -1;
  for (let now = 0; now !== queries || now === 0;) {
    queries = now;
    await tab.waitForTimeout(2500);
    now = await tab.evaluate(() => window.dashboard?.expressions.length ?? 0);
    if (queries === 0 && now === 0) {
      problems.push('no query was sent');
      break;
    }
  }
  await tab.screenshot({ path: out });
  const found = await tab.evaluate(() => ({
    errors: window.pageErrors,
    expressions: window.dashboard?.expressions ?? [],
    empty: [...document.querySelectorAll('.empty')].map((one) => one.closest('section, [data-viz-panel-key]')?.innerText.replaceAll('\n', ': ') ?? one.innerText),
    noData: document.body.innerText.includes('No data'),
    links: [...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href')),
  }));
  problems.push(...found.errors, ...found.empty.map((text) => `empty: ${text}`));
  if (found.noData) {
    problems.push('"No data" on the page');
  }
  problems.push(...found.expressions.filter((text) => /\$\{|\$[a-z_]/.test(text)).map((text) => `not resolved: ${text}`));
  problems.push(...found.links.filter((text) => /\$\{|\$%7B|undefined/.test(text)).map((text) => `link: ${text}`));
  console.log(`${file}: ${found.expressions.length} queries, ${found.links.length} links, ${problems.length} problems`);
} finally {
  await browser.close();
}
for (const problem of new Set(problems.map((text) => text.split('\n    at ').slice(0, 2).join(' at ')))) {
  console.log(`  ${problem.slice(0, 600)}`);
}
process.exitCode = problems.length > 0 ? 1 : 0;
