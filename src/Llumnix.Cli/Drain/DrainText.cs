using System.Globalization;
using System.Text;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Drain;

/// <summary>Drains as text: a line for each, and one for each of their instances.</summary>
internal static class DrainText
{
    /// <summary>The text, or the answer as it came.</summary>
    internal static string Show(DrainStatus status, bool isJson) => isJson ? status.Json + "\n" : Render(status);

    internal static string Render(DrainStatus status)
    {
        if (status.Drains.Count == 0)
        {
            return "no drains\n";
        }

        var text = new StringBuilder();
        foreach (ReportedDrain drain in status.Drains)
        {
            text.Append(CultureInfo.InvariantCulture, $"{NameOf(drain.Scope, drain.Value)}: ");
            text.Append(drain.Instances.Count == 0 ? WithoutInstances(drain) : drain.SafeToDelete ? "safe to delete" : "not safe to delete yet").Append('\n');
            foreach (ReportedInstance instance in drain.Instances)
            {
                text.Append("  ").Append(Line(instance)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// What is drained, as all texts name it: an instance by the id that the scheduler tells, since it can be ordered by other names; anything else as it was ordered.
    /// </summary>
    /// <param name="status">What the scheduler has told of the drain.</param>
    /// <param name="scope">The scope of the order.</param>
    /// <param name="value">What was ordered.</param>
    internal static string NameOf(DrainStatus status, string scope, string value) =>
        NameOf(scope, scope == "instance" && status.Drains is [var drain] ? drain.Value : value);

    /// <summary>An instance in one line.</summary>
    internal static string Line(ReportedInstance instance) => string.Create(
        CultureInfo.InvariantCulture,
        $"{AnswerText.Printable(instance.InstanceId)}: {Left(instance)}, {Rest(instance)}");

    private static string NameOf(string scope, string value) => AnswerText.Printable($"{scope} {value}").TrimEnd();

    private static string Left(ReportedInstance instance) => instance.RequestsAtStart == 0
        ? "no requests since the drain began"
        : string.Create(CultureInfo.InvariantCulture, $"{instance.Requests} of {instance.RequestsAtStart} request{(instance.RequestsAtStart == 1 ? "" : "s")} left");

    /// <summary>A drain of an instance is over when its process has left; a node, unit or label can get instances later.</summary>
    private static string WithoutInstances(ReportedDrain drain) => drain.Scope == "instance"
        ? "no instance in the fleet"
        : "no instance in the fleet; the drain stays in force for instances that join, until --undo";

    private static string Rest(ReportedInstance instance) =>
        instance.SafeToDelete ? "safe to delete"
        : instance.Requests == 0 ? AnswerText.Printable(instance.WhyNotSafe ?? "")
        : instance.EstimatedMsToEmpty is { } ms ? string.Create(CultureInfo.InvariantCulture, $"empty in about {ms / 1000:0.0} s")
        : "no estimate yet";
}
