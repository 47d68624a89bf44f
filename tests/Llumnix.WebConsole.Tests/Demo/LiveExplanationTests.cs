using Llumnix.Cli.Explain;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Testing.Polling;
using Llumnix.WebConsole.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>A decision that is clicked is explained as <c>llumnix explain</c> explains it.</summary>
public sealed class LiveExplanationTests(Chromium chromium)
{
    /// <summary>The rows of the explanation as the console is to show them, written by the console's own format.</summary>
    private const string ExpectedRows = """
        async (text) => {
          const { number, words } = await import('/console/format.js');
          const [role] = JSON.parse(text).roles;
          return Object.fromEntries(role.candidates.map((one) => [one.instance_id, [
            one.instance_id === role.instance_id ? 'the pick' : one.dropped_by === null ? 'reached the selector'
              : one.only_unwanted ? `left aside: ${words(one.dropped_by)}` : `dropped: ${words(one.dropped_by)}`,
            ...Object.values(one.metrics).map(number)]]));
        }
        """;

    private const string ShownRows = """
        () => Object.fromEntries([...document.querySelectorAll('dialog .virtual-body [data-id]')].filter((row) => row.checkVisibility()).map((row) => {
          const [id, result, age, ...metrics] = [...row.querySelectorAll('.cell')].map((cell) => cell.textContent);
          return [id, [result, ...metrics]];
        }))
        """;

    [Fact]
    public async Task Decision_Clicked_IsWhatTheCommandSays()
    {
        await using LiveDemo demo = await LiveDemo.StartAsync();
        await using ConsolePage console = await chromium.OpenAsync();
        await demo.OpenAsync(console, "decisions");
        await using (demo.StartLoad())
        {
            await Eventually.TrueAsync(async () => (await demo.DecisionsAsync()).RecordedTotal > 20);
        }

        await demo.QuietMetricsAsync();
        // Placements that no engine is told of make the instances differ, and stay while both are asked.
        demo.Place(30);
        RecordedDecision decision = (await demo.DecisionsAsync()).Decisions.Single(static one => one.RequestId == "placed-29");
        await console.Rows.Filter(new() { HasText = decision.RequestId }).ClickAsync();
        await Expect(console.Dialog.Locator("#decision-why")).ToHaveTextAsync(decision.Why);
        await Expect(console.Dialog.Locator(".virtual-body [role=row]:visible")).ToHaveCountAsync(LiveDemo.Engines);

        string explained = await ExplainAsync(demo, decision.PromptTokens);
        Dictionary<string, string[]> expected = await console.Page.EvaluateAsync<Dictionary<string, string[]>>(ExpectedRows, explained);
        Dictionary<string, string[]> shown = await console.Page.EvaluateAsync<Dictionary<string, string[]>>(ShownRows);
        Assert.Equal(LiveDemo.Engines, expected.Count);
        Assert.True(expected.Values.Select(static cells => string.Join('|', cells)).Distinct().Count() > 2, explained);
        Assert.Equal(expected.OrderBy(static row => row.Key, StringComparer.Ordinal).Select(Line), shown.OrderBy(static row => row.Key, StringComparer.Ordinal).Select(Line));
        console.ExpectNoProblems();
    }

    private static string Line(KeyValuePair<string, string[]> row) => $"{row.Key}: {string.Join(" | ", row.Value)}";

    private static async Task<string> ExplainAsync(LiveDemo demo, int promptTokens)
    {
        string token = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(token, LiveDemo.Token, TestContext.Current.CancellationToken);
            await using var output = new StringWriter();
            int exitCode = await ExplainCommand.RunAsync(
                ExplainCommand.Create().Parse(["--json", $"--scheduler={demo.Scheduler.Address}", $"--token-file={token}", $"--prompt-tokens={promptTokens}"]),
                output,
                TextWriter.Null,
                TestContext.Current.CancellationToken);
            Assert.Equal(0, exitCode);
            return output.ToString();
        }
        finally
        {
            File.Delete(token);
        }
    }
}
