using Llumnix.Scheduling.Instances;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Llumnix.Cli.Demo;

/// <summary>The demo's state as tables and a progress bar.</summary>
internal static class DemoView
{
    private const int BarWidth = 40;

    /// <summary>Draws one frame.</summary>
    internal static IRenderable Draw(DemoFrame frame) => new Rows(Instances(frame), Requests(frame), Progress(frame));

    /// <summary>Narrow enough for most terminals: columns that would say the same of every engine are left out.</summary>
    private static Table Instances(DemoFrame frame)
    {
        bool areOfTypes = frame.Instances.Any(static instance => instance.Type != InferType.Neutral.ToName());
        bool haveMigrated = frame.Instances.Any(static instance => instance.MigratedOut > 0);
        Table table = new Table().Border(TableBorder.Simple).AddColumns(["instance", "address", .. areOfTypes ? ["type"] : Array.Empty<string>()]);
        foreach (string column in (string[])["running", "waiting", "KV use", "in flight", .. haveMigrated ? ["migrated"] : Array.Empty<string>()])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        table.AddColumn("health");
        foreach (DemoInstance instance in frame.Instances)
        {
            string kvUsage = instance.KvUsage is { } usage ? DemoText.Percent(usage) : "-";
            string inFlight = instance.InFlight is { } count ? $"{count}" : "-";
            table.AddRow(Cells(
            [
                instance.Id, instance.Address, .. areOfTypes ? [instance.Type] : Array.Empty<string>(), instance.IsGone ? "-" : $"{instance.Running}", instance.IsGone ? "-" : $"{instance.Waiting}", kvUsage, inFlight,
                .. haveMigrated ? [$"{instance.MigratedOut}"] : Array.Empty<string>(), instance.Health,
            ]));
        }

        return table;
    }

    private static Table Requests(DemoFrame frame)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (string column in (string[])["sent", "open", "failed", "req/s", "TTFT p50 ms", "p99 ms", "TPOT p50 ms", "p99 ms"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        return table.AddRow(Cells(
            $"{frame.Load.Sent}",
            $"{frame.Load.Open}",
            $"{frame.Load.Failed}",
            DemoText.OneDecimal(frame.Load.RequestsPerSecond),
            DemoText.Milliseconds(frame.Load.Ttft, ttft => ttft.P50),
            DemoText.Milliseconds(frame.Load.Ttft, ttft => ttft.P99),
            DemoText.Milliseconds(frame.Load.Tpot, tpot => tpot.P50),
            DemoText.Milliseconds(frame.Load.Tpot, tpot => tpot.P99)));
    }

    private static Text Progress(DemoFrame frame)
    {
        int filled = (int)(frame.Progress * BarWidth);
        string bar = new string('#', filled) + new string('.', BarWidth - filled);
        return new($"  [{bar}] {(frame.Draining is null ? DemoText.Percent(frame.Progress) + "  " : "")}{frame.Clock}  {frame.Title}");
    }

    /// <summary>Plain text, not markup, since an id may contain brackets.</summary>
    private static Text[] Cells(params string[] texts) => [.. texts.Select(text => new Text(text))];
}
