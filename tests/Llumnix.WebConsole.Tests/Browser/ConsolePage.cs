using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Browser;

/// <summary>A tab with the console. It collects what the console must not do: errors in the browser's console, and requests to other places.</summary>
public sealed class ConsolePage : IAsyncDisposable
{
    private static readonly string Screenshots = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _problems = new();
    private Uri? _origin;

    internal ConsolePage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, error);
        page.Request += (_, request) => Note(
            _origin is null || !_origin.IsBaseOf(new Uri(request.Url)), $"request to {request.Url}");
    }

    /// <summary>Gives the console its token before it is opened, as after an earlier visit in this tab.</summary>
    public Task SetTokenAsync(string token) => Page.AddInitScriptAsync($"sessionStorage.setItem('llumnix-console-token', '{token}')");

    /// <summary>The tab.</summary>
    public IPage Page { get; }

    /// <summary>Rows of instances, decisions or migrations that are shown now; without headings.</summary>
    public ILocator Rows => Page.Locator("main .virtual-body [role=row]:not(.is-heading):visible");

    /// <summary>The open dialog.</summary>
    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    /// <summary>Opens the console at a view, and waits until it is connected.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="view">The view, as in the address.</param>
    public async Task GoAsync(Uri server, string view)
    {
        _origin = server;
        await Page.GotoAsync(new Uri(server, $"/console/#/{view}").ToString());
        await Expect(Page.Locator("#connection")).ToHaveTextAsync("live");
    }

    /// <summary>Texts of the cells of a row, in the order of the columns, those of hidden columns included.</summary>
    public static Task<IReadOnlyList<string>> CellsAsync(ILocator row) => row.Locator(".cell").AllTextContentsAsync();

    /// <summary>Texts of the cells of all rows that are shown now, by the id of their item, read at one moment.</summary>
    public Task<Dictionary<string, string[]>> RowsByIdAsync() => Page.EvaluateAsync<Dictionary<string, string[]>>(
        """
        () => Object.fromEntries([...document.querySelectorAll('main .virtual-body [data-id]')].filter((row) => row.checkVisibility())
          .map((row) => [row.dataset.id, [...row.querySelectorAll('.cell')].map((cell) => cell.textContent)]))
        """);

    /// <summary>Fails when a table is wider than its place, so that one must scroll sideways to see all of it.</summary>
    /// <param name="grid">The table's name.</param>
    public async Task ExpectNothingBesideAsync(string grid) => Assert.Equal(0, await Page.GetByRole(AriaRole.Grid, new() { Name = grid })
        .EvaluateAsync<int>("table => table.scrollWidth - table.clientWidth"));

    /// <summary>Keeps a picture of the page beside the test's output.</summary>
    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, $"{name}.png") });

    /// <summary>Fails when axe finds a serious or critical fault. Rows are made alike and axe takes long for each: of a table it sees the first, and the selected one.</summary>
    public async Task ExpectAccessibleAsync()
    {
        AxeResult result = await Page.RunAxe(new AxeRunContext { Exclude = [new AxeSelector(".virtual-body [role=row]:nth-child(n+9):not([aria-selected=true], .is-heading)")] });
        Assert.NotEmpty(result.Passes);
        Assert.Empty(result.Violations
            .Where(static violation => violation.Impact is "serious" or "critical")
            .SelectMany(static violation => violation.Nodes.Select(node => $"{violation.Id}: {violation.Help}: {node.Html}")));
    }

    /// <summary>Fails when the page has written an error into the browser's console, or has asked another place for something.</summary>
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
