/** Shows the tables of one rate, and lets its choice rule the charts. */
function makeRateChoice(data, parts) {
  const tables = [...document.querySelectorAll('#rate [data-rate]')];
  const show = (rate) => {
    tables.forEach((table) => {
      table.hidden = Number(table.dataset.rate) !== rate;
    });
    parts.forEach((part) => part.showRate(rate));
  };
  document.getElementById('rate-choice').append(labelledSelect('Requests per second', data.rates.map((rate) => number(rate, 2)), 0, show));
  show(0);
}

async function start() {
  const [data, library] = await Promise.all([unpack('data').then(JSON.parse), unpack('library')]);
  // The page's policy knows the library's hash.
  document.head.append(Object.assign(document.createElement('script'), { textContent: library }));
  makeRateChoice(data, [new Comparison(data), new Timelines(data)]);
  performance.mark('ready');
  document.documentElement.dataset.ready = 'true';
}

document.getElementById('theme').append(makeThemeControl());
start().catch((error) => {
  document.getElementById('problem').textContent = `The charts cannot be shown: ${error.message}`;
  console.error(error);
});
