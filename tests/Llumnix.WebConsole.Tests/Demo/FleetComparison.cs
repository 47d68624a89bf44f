using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Testing.Polling;
using Llumnix.WebConsole.Tests.Browser;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>Compares the rows of a fleet that changes all the time with the admin API.</summary>
internal static class FleetComparison
{
    /// <summary>
    /// Waits for a moment at which every row is what the API says. The page is told of each of the API's samples; that the sample was the same before and after
    /// the rows were read makes them belong to it, unless the page has not drawn it yet.
    /// </summary>
    internal static async Task ExpectEqualAsync(ConsolePage console, LiveDemo demo)
    {
        string difference = "";
        try
        {
            await Eventually.TrueAsync(async () =>
            {
                FleetAnswer before = await demo.FleetAsync();
                Dictionary<string, string[]> rows = await console.RowsByIdAsync();
                FleetAnswer after = await demo.FleetAsync();
                if (before.TimeMs != after.TimeMs)
                {
                    return false;
                }

                string[] expected = [.. before.Instances.Select(Line).Order(StringComparer.Ordinal)];
                string[] shown = [.. rows.Select(static row => string.Join(" | ", row.Value.Take(10))).Order(StringComparer.Ordinal)];
                difference = $"{string.Join('\n', expected)}\nis shown as\n{string.Join('\n', shown)}";
                // A fleet without work would prove little.
                return before.Instances.Sum(static instance => instance.Running) > 0 && expected.SequenceEqual(shown);
            });
        }
        catch (TimeoutException)
        {
            Assert.Fail(difference);
        }
    }

    private static string Line(FleetInstance instance) => string.Join(" | ", ConsoleText.Cells(instance));
}
