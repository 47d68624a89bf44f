using System.Globalization;
using Llumnix.Server.AdminApi.Answers;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Llumnix.Cli.Top;

/// <summary>Draws a fleet and its last decisions for a terminal of a given size: never more lines than there are.</summary>
internal static class TopView
{
    private const int WideFrom = 120;
    private const int HeaderLines = 3;
    private const int NamedInstances = 3;
    private const int LeastForProblems = 10;
    private const int LeastDecisions = 3;

    // Widths of columns.
    private static readonly int[] Decision = [18, 12, 16];
    private static readonly int[] WideDecision = [36, 20, 40];
    private static readonly Style Title = new(decoration: Decoration.Bold);
    private static readonly Style Doubtful = new(Color.Yellow);
    private static readonly Style Bad = new(Color.Red);

    /// <summary>Draws one frame.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="source">Where it comes from, for the first line.</param>
    /// <param name="order">What the instances are sorted by.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="height">Its lines.</param>
    internal static IRenderable Draw(TopState state, string source, TopOrder order, int width, int height)
    {
        // A title above each table, and a line between them.
        string problems = height < LeastForProblems ? "" : Problems(state);
        int lines = Math.Max(0, height - HeaderLines - (problems.Length > 0 ? 1 : 0) - 3);
        int decisions = Math.Min(state.Decisions.Count, Math.Max(LeastDecisions, lines / 3));
        // What decisions do not need is the instances', and the other way round.
        int instances = Math.Min(state.Instances.Count, Math.Max(0, lines - decisions));
        decisions = Math.Min(state.Decisions.Count, Math.Max(0, lines - instances));
        bool isWide = width >= WideFrom;
        return new Rows(
            [
                .. Header(state, source).Select(line => TopLine.Of(line.Text, width, line.Style)),
                .. problems.Length > 0 ? [TopLine.Of(problems, width, Bad)] : Array.Empty<IRenderable>(),
                .. Instances(state, order, width, instances).Select(line => TopLine.Of(line.Text, width, line.Style)),
                TopLine.Of(state.Instances.Count > instances ? Invariant($"... {state.Instances.Count - instances} more instances") : "", width),
                .. Decisions(state, decisions, isWide).Select(line => TopLine.Of(line.Text, width, line.Style)),
            ]);
    }

    private static IEnumerable<(string Text, Style Style)> Header(TopState state, string source)
    {
        StatusEvent? status = state.Status;
        bool isReady = status is { IsReady: true };
        string words = status is null ? "" : isReady ? status.Warning.Length > 0 ? $"ready, but {status.Warning}" : "ready" : $"not ready: {status.Reason}";
        string role = status?.Role is { } name ? $"  {name}" : "";
        yield return ($"llumnix top  {source}  {state.Mode}{role}  {words}", isReady ? Style.Plain : Bad);
        int healthy = state.Instances.Count(static instance => TopColumns.HealthOf(instance) == "ok");
        long total = state.Instances.Sum(static instance => instance.KvTotalTokens ?? 0);
        long used = state.Instances.Sum(static instance => instance.KvUsedTokens ?? 0);
        string kv = total > 0 ? Percent((double)used / total) : "-";
        string drains = state.Drains.Count > 0 ? Invariant($"  draining {state.Drains.Count}") : "";
        long running = state.Instances.Sum(static instance => instance.Running ?? 0);
        long waiting = state.Instances.Sum(static instance => instance.Waiting ?? 0);
        yield return (
            Invariant($"instances {healthy}/{state.Instances.Count} ok  running {running}  waiting {waiting}  in flight {state.InFlight}  KV {kv}{drains}"), Style.Plain);
        yield return (Targets(state.Targets), Style.Plain);
    }

    /// <summary>Why instances get no requests; empty when all may get them.</summary>
    private static string Problems(TopState state)
    {
        if (state.Instances.Count > 0 && state.Instances.All(static instance => instance.IsUnreachable) && state.Status is { IsReady: true })
        {
            // Then all of them stay in, whatever their health; the warning of the first line has the reasons.
            return "no instance can be reached; requests are still tried there";
        }

        FleetInstance[] bad = [.. Sorted(state.Instances.Where(static instance => instance.Health != "ok"), TopOrder.Id)];
        string more = bad.Length > NamedInstances ? Invariant($"; and {bad.Length - NamedInstances} more") : "";
        return bad.Length == 0 ? "" : "out: " + string.Join("; ", bad.Take(NamedInstances).Select(static instance => $"{instance.Id}: {(instance.HealthReason.Length > 0 ? instance.HealthReason : instance.Health)}")) + more;
    }

    private static string Targets(TargetsInterval? targets)
    {
        if (targets is null)
        {
            return "no requests yet";
        }

        string ttft = (targets.ObservedTtft, targets.PredictedTtft) switch
        {
            ({ } observed, _) => $"  TTFT {Milliseconds(observed)}",
            (_, { } predicted) => $"  predicted TTFT {Milliseconds(predicted)}",
            _ => "",
        };
        string attainment = targets.TtftAttainment is { } met ? $"  in time {Percent(met)}" : "";
        return Invariant($"last 5 s: requests {targets.Requests}  placed {targets.Placed}  held {targets.Held}  refused {targets.Refused.Values.Sum()}  retries {targets.Retries}{ttft}{attainment}");
    }

    private static IEnumerable<(string Text, Style Style)> Instances(TopState state, TopOrder order, int width, int count)
    {
        (int idWidth, IReadOnlyList<TopColumn> columns) = TopColumns.Choose(state.Instances, width);
        int[] widths = [idWidth, .. columns.Select(static column => column.Width)];
        var ids = new ShortIds([.. state.Instances.Select(static instance => instance.Id)], idWidth);
        yield return (Columns(widths, ["instance", .. columns.Select(static column => column.Title)]), Title);
        foreach (FleetInstance instance in Sorted(state.Instances, order).Take(count))
        {
            yield return (
                Columns(widths, [ids.Of(instance.Id), .. columns.Select(column => column.Text(instance))]),
                TopColumns.HealthOf(instance) switch { "ok" => Style.Plain, "draining" => Doubtful, _ => Bad });
        }
    }

    private static IEnumerable<(string Text, Style Style)> Decisions(TopState state, int count, bool isWide)
    {
        int[] widths = isWide ? WideDecision : Decision;
        var ids = new ShortIds([.. state.Instances.Select(static instance => instance.Id)], widths[2]);
        yield return (Columns(widths, ["request", "outcome", "instance"]) + "why", Title);
        foreach (RecordedDecision decision in state.Decisions.Take(count))
        {
            yield return (
                Columns(widths, [decision.RequestId, decision.Outcome, decision.InstanceId is { } id ? ids.Of(id) : "-"]) + decision.Why,
                decision.Outcome switch { "placed" => Style.Plain, "held" => Doubtful, _ => Bad });
        }
    }

    private static string Columns(int[] widths, string[] texts) => string.Concat(widths.Zip(texts, static (width, text) => TopLine.Column(text, width)));

    private static IEnumerable<FleetInstance> Sorted(IEnumerable<FleetInstance> instances, TopOrder order)
    {
        IOrderedEnumerable<FleetInstance> sorted = order switch
        {
            TopOrder.Health => instances.OrderBy(static instance => TopColumns.HealthOf(instance) == "ok"),
            TopOrder.Running => instances.OrderByDescending(static instance => instance.Running),
            TopOrder.Waiting => instances.OrderByDescending(static instance => instance.Waiting),
            TopOrder.Kv => instances.OrderByDescending(TopColumns.KvOf),
            TopOrder.Flight => instances.OrderByDescending(static instance => instance.InFlight),
            TopOrder.Age => instances.OrderByDescending(static instance => instance.SignalAgeMs),
            _ => instances.OrderBy(static instance => instance.Id, StringComparer.Ordinal),
        };
        return sorted.ThenBy(static instance => instance.Id, StringComparer.Ordinal);
    }

    private static string Percent(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio * 100:0}%");

    private static string Milliseconds(Percentiles percentiles) => Invariant($"p50 {percentiles.P50:0} ms, p99 {percentiles.P99:0} ms");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
