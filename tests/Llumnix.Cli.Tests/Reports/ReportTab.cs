using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.Cli.Tests.Reports;

/// <summary>A tab with a report. It collects what a report must not do: errors in the browser's console, and requests for anything but the file.</summary>
public sealed class ReportTab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _problems = new();

    internal ReportTab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, error);
        page.Request += (_, request) => Note(!request.IsNavigationRequest && !request.Url.StartsWith("data:", StringComparison.Ordinal), $"request to {request.Url}");
    }

    /// <summary>The tab.</summary>
    public IPage Page { get; }

    /// <summary>Opens a file, and waits until its charts are shown.</summary>
    internal async Task OpenAsync(string path)
    {
        await Page.GotoAsync(new Uri(path).ToString());
        await Expect(Page.Locator("html")).ToHaveAttributeAsync("data-ready", "true");
    }

    /// <summary>Scrolls over all charts that are shown, for a chart is first drawn when it is about to be seen.</summary>
    public async Task SeeChartsAsync()
    {
        foreach (ILocator chart in await Page.Locator(".chart:visible").AllAsync())
        {
            await chart.ScrollIntoViewIfNeededAsync();
            await Expect(chart.Locator("canvas")).ToHaveCountAsync(1);
        }
    }

    /// <summary>Milliseconds from the begin of the navigation until the page was complete.</summary>
    public Task<double> ReadyAfterMsAsync() => Page.EvaluateAsync<double>("performance.getEntriesByName('ready')[0].startTime");

    /// <summary>Fails when axe finds a serious or critical fault.</summary>
    public async Task ExpectAccessibleAsync()
    {
        AxeResult result = await Page.RunAxe();
        Assert.NotEmpty(result.Passes);
        Assert.Empty(result.Violations
            .Where(static violation => violation.Impact is "serious" or "critical")
            .SelectMany(static violation => violation.Nodes.Select(node => $"{violation.Id}: {violation.Help}: {node.Html}")));
    }

    /// <summary>Fails when the page has written an error into the browser's console, or has asked for something.</summary>
    public void ExpectNoProblems() => Assert.Empty(_problems);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Note(bool isProblem, string text)
    {
        if (isProblem)
        {
            _problems.Enqueue(text);
        }
    }
}
