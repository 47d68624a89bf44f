using Microsoft.Playwright;

namespace Llumnix.Cli.Tests.Reports;

/// <summary>The installed Chromium.</summary>
public sealed class ReportBrowser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(static folder => Path.Combine(folder, "chromium"))
                .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("chromium is not installed: apt-get install chromium"),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    /// <summary>Opens a file in a profile of its own.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isDark">Whether the system's theme is dark.</param>
    public async Task<ReportTab> OpenAsync(string path, bool isDark = false)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        var tab = new ReportTab(context, await context.NewPageAsync());
        await tab.OpenAsync(path);
        return tab;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
    }
}
