using Llumnix.WebConsole.Tests.Browser;
using Microsoft.Playwright;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>The pictures of the documents. They are made anew where <c>LLUMNIX_UPDATE_IMAGES</c> is 1, as <c>docs/screenshots.sh</c> sets it.</summary>
internal static class Pictures
{
    /// <summary>Whether they are made anew.</summary>
    internal static bool AreWanted { get; } = Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_IMAGES") == "1";

    /// <summary>The size of the page: where pictures are made, that of the pictures.</summary>
    internal static ViewportSize? Size { get; } = AreWanted ? new ViewportSize { Width = 1120, Height = 600 } : null;

    /// <summary>How many intervals of the targets there are before views are looked at: in a picture, more.</summary>
    internal static int Intervals { get; } = AreWanted ? 12 : 2;

    /// <summary>Those that the documents show.</summary>
    private static readonly string[] Shown =
        ["console-fleet-light", "console-fleet-dark", "console-decision-light", "console-migrations-light", "console-targets-dark", "report", "report-engines"];

    /// <summary>Keeps a picture of a page in docs/images, where the documents show it.</summary>
    internal static async Task KeepAsync(ConsolePage console, string name)
    {
        if (AreWanted && Shown.Contains(name))
        {
            await console.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder(), $"{name}.png") });
        }
    }

    private static string Folder()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Llumnix.slnx")))
        {
            folder = Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new InvalidOperationException("The tests are not in a checkout.");
        }

        return Directory.CreateDirectory(Path.Combine(folder, "docs", "images")).FullName;
    }
}
