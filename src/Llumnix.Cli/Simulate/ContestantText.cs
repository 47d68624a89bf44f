using Llumnix.Adapters.Options.Parsing;
using Llumnix.Cli.Simulate.ScenarioFiles;
using Llumnix.Server.Hosting;

namespace Llumnix.Cli.Simulate;

/// <summary>A contestant in one text: a baseline, a policy of the scheduler, or a name with the scheduler's flags.</summary>
internal static class ContestantText
{
    /// <summary>The names that stand for a contestant without flags: the baselines, then the policies of the scheduler that are no baseline.</summary>
    internal static IEnumerable<string> Names => ScenarioTypes.Baseline.Kind.Split('|').Union(SchedulerProgram.KnownNames.FullModePolicies);

    /// <summary>Reads it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="contestant">The contestant; not for use where there is a problem.</param>
    /// <returns>What is wrong; null: nothing.</returns>
    internal static string? Read(string text, out Contestant contestant)
    {
        contestant = new Contestant(text);
        if (ScenarioTypes.Baseline.Read(text, out var baseline))
        {
            contestant = contestant with { Baseline = baseline };
            return null;
        }

        IReadOnlyCollection<string> policies = SchedulerProgram.KnownNames.FullModePolicies;
        if (policies.Contains(text))
        {
            contestant = contestant with { Flags = [$"--scheduling-policy={text}"] };
            return null;
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && text[..colon].Trim().Length == 0)
        {
            return $"needs a name before its colon: 'name: --flag=value', not {RefusedValue.Quote(text)}";
        }

        if (colon >= 0)
        {
            contestant = new Contestant(text[..colon].Trim())
            {
                Flags = text[(colon + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            };
            return null;
        }

        string baselines = ScenarioTypes.Baseline.Kind.Replace("|", ", ", StringComparison.Ordinal);
        string hint = text.Contains("--", StringComparison.Ordinal) ? "; a contestant with flags has a colon after its name: 'name: --flag=value'"
            : NearestName.FindClose(text, [.. Names]) is { } close ? $"; did you mean {close}?"
            : "";
        return $"must be a baseline ({baselines}), a policy of the scheduler ({string.Join(", ", policies)}) or a name with the scheduler's flags, "
            + $"'name: --flag=value', not {RefusedValue.Quote(text)}{hint}";
    }
}
