using System.Globalization;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Testing.Polling;
using Llumnix.WebConsole.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>An engine's process is killed under load.</summary>
public sealed class KilledEngineTests(Chromium chromium, ITestOutputHelper output)
{
    /// <summary>Notes when the page shows the instance red, and how many changes of the page that took.</summary>
    private const string Watch = """
        (id) => {
          const red = () => {
            const row = document.querySelector(`main [data-id="${id}"]`);
            return row?.textContent.includes('unreachable') && getComputedStyle(row.querySelector('.swatch')).backgroundColor === 'rgb(214, 64, 59)';
          };
          window.redAt = null;
          new MutationObserver((_, observer) => {
            if (red()) {
              window.redAt = Date.now();
              observer.disconnect();
            }
          }).observe(document.querySelector('main'), { subtree: true, childList: true, attributes: true, characterData: true });
        }
        """;

    [Fact]
    public async Task Engine_Killed_TurnsRedWithItsReason()
    {
        await using LiveDemo demo = await LiveDemo.StartAsync();
        await using ConsolePage console = await chromium.OpenAsync();
        await using DemoLoad load = demo.StartLoad();
        await demo.OpenAsync(console, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        await Expect(console.Rows).ToHaveCountAsync(LiveDemo.Engines);
        await Eventually.TrueAsync(async () => (await InstanceAsync(demo)).Running > 0);
        await console.Page.EvaluateAsync(Watch, demo.MortalId);
        long killed = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        demo.Kill();

        (FleetAnswer Sample, FleetInstance Instance)? told = null;
        await Eventually.TrueAsync(async () =>
        {
            FleetAnswer fleet = await demo.FleetAsync();
            told = (fleet, fleet.Instances.Single(instance => instance.Id == demo.MortalId));
            // A busy machine may have found it late before it found it gone.
            return told.Value.Instance is { Health: "unreachable", HealthReason: "nothing answers at its address" };
        });
        await console.Page.WaitForFunctionAsync("() => window.redAt !== null", null, new() { Timeout = 30_000 });
        double red = await console.Page.EvaluateAsync<double>("() => window.redAt");
        (FleetAnswer sample, FleetInstance dead) = told!.Value;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"the admin API tells it {sample.TimeMs - killed} ms after the kill, {dead.SignalAgeMs} ms after the last status; the page shows it {red - sample.TimeMs} ms after that, {red - killed} ms after the kill"));
        ILocator cells = console.Page.Locator($"main [data-id=\"{demo.MortalId}\"]").GetByRole(AriaRole.Gridcell);
        await Expect(cells.Nth(0)).ToHaveTextAsync(demo.MortalId);
        await Expect(cells.Nth(1)).ToHaveTextAsync("unreachable");
        await Expect(cells.Last).ToHaveTextAsync(dead.HealthReason);
        await Expect(console.Page.Locator("#fleet-summary")).ToContainTextAsync("7 ok, 1 unreachable");
        await Eventually.TrueAsync(async () => (await demo.FleetAsync()).Instances.Count(static instance => instance.Health != "ok") == 1);
        await console.ScreenshotAsync("demo-killed");
        await Pictures.KeepAsync(console, "console-killed");
        await console.ExpectAccessibleAsync();
        console.ExpectNoProblems();
    }

    private static async Task<FleetInstance> InstanceAsync(LiveDemo demo) => (await demo.FleetAsync()).Instances.Single(instance => instance.Id == demo.MortalId);
}
