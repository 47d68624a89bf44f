namespace Llumnix.Cli.Demo;

/// <summary>The demo's state in one line, for logs and terminals that cannot redraw.</summary>
internal static class DemoLine
{
    /// <summary>Writes the line, without a line end.</summary>
    internal static string Format(DemoFrame frame) =>
        $"{frame.Clock}, {frame.Title}:"
        + $" sent {frame.Load.Sent}, open {frame.Load.Open}, failed {frame.Load.Failed},"
        + $" {DemoText.OneDecimal(frame.Load.RequestsPerSecond)} req/s,"
        + $" TTFT ms p50 {DemoText.Milliseconds(frame.Load.Ttft, ttft => ttft.P50)} p99 {DemoText.Milliseconds(frame.Load.Ttft, ttft => ttft.P99)},"
        + $" TPOT ms p50 {DemoText.Milliseconds(frame.Load.Tpot, tpot => tpot.P50)} p99 {DemoText.Milliseconds(frame.Load.Tpot, tpot => tpot.P99)},"
        + $" running {string.Join('/', frame.Instances.Select(static instance => Of(instance, instance.Running)))},"
        + $" waiting {string.Join('/', frame.Instances.Select(static instance => Of(instance, instance.Waiting)))}"
        + (frame.Instances.Any(static instance => instance.MigratedOut > 0)
            ? $", migrated {string.Join('/', frame.Instances.Select(static instance => Of(instance, instance.MigratedOut)))}"
            : "");

    private static string Of(DemoInstance instance, int number) => instance.IsGone ? "-" : $"{number}";
}
