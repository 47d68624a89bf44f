using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Cli.Profiling;

/// <summary>Where measured tables go: two files, and a class of a file of <c>--latency-profiles</c> where one is named.</summary>
internal sealed class ProfileTarget
{
    /// <summary>What is told where one of these options lacks another.</summary>
    internal const string GoTogether = "--into FILE and --class NAME go together, and --when with them";

    private readonly ProfileRulesEditor? _into;
    private readonly string _name;
    private readonly IReadOnlyList<(string Key, string Pattern)> _when;

    private ProfileTarget(string ttftPath, string tpotPath, ProfileRulesEditor? into, string name, IReadOnlyList<(string Key, string Pattern)> when) =>
        (TtftPath, TpotPath, _into, _name, _when) = (ttftPath, tpotPath, into, name, when);

    /// <summary>The file of the prefill table.</summary>
    internal string TtftPath { get; }

    /// <summary>The file of the decode table.</summary>
    internal string TpotPath { get; }

    /// <summary>Checks what is asked for, before anything is measured.</summary>
    /// <param name="ttft">The file of the prefill table; null for the usual one.</param>
    /// <param name="tpot">The file of the decode table; null for the usual one.</param>
    /// <param name="into">The file of classes; null for none.</param>
    /// <param name="name">The class.</param>
    /// <param name="when">Conditions of its instances as <c>key=pattern</c>.</param>
    /// <exception cref="ProfileException">The arguments do not fit together.</exception>
    /// <exception cref="ProfilingTableException">The file of classes cannot be used.</exception>
    internal static ProfileTarget Of(string? ttft, string? tpot, string? into, string? name, IReadOnlyList<string> when)
    {
        if (into is null || name is null)
        {
            return into is null && name is null && when.Count == 0
                ? new ProfileTarget(ttft ?? "ttft.json", tpot ?? "tpot.json", null, "", [])
                : throw new ProfileException(GoTogether);
        }

        ProfileRulesEditor editor = ProfileRulesEditor.Open(into);
        ProfileRuleEntry? known = editor.Find(name);
        if (known is null && when.Count == 0)
        {
            throw new ProfileException($"class {name} is new in {into}: say which instances it is for by --when, for example --when 'node=gpu-h20-*'");
        }

        string directory = Path.GetDirectoryName(Path.GetFullPath(into))!;
        var target = new ProfileTarget(
            ttft ?? known?.TtftPath ?? Path.Combine(directory, $"{name}-ttft.json"),
            tpot ?? known?.TpotPath ?? Path.Combine(directory, $"{name}-tpot.json"),
            editor,
            name,
            [.. when.Select(Condition)]);
        editor.Set(name, target.TtftPath, target.TpotPath, target._when);
        return target;
    }

    /// <summary>Names the tables in the file of classes once they are complete. The file is read again, since measuring takes long.</summary>
    /// <returns>What was done, for the user; null when no such file is named.</returns>
    /// <exception cref="ProfilingTableException">The file of classes cannot be used any more.</exception>
    internal string? Conclude()
    {
        if (_into is null)
        {
            return null;
        }

        ProfileRulesEditor editor = ProfileRulesEditor.Open(_into.Path);
        bool isNew = editor.Find(_name) is null;
        editor.Set(_name, TtftPath, TpotPath, _when);
        editor.Write();
        return $"Class {_name} {(isNew ? "was added to" : "has these tables in")} {_into.Path}.";
    }

    /// <summary>What is wrong with a condition by itself; null when nothing is.</summary>
    internal static string? FindConditionProblem(string text)
    {
        const string Label = "labels.";
        return text.Split('=', 2) is not [{ Length: > 0 } key, { Length: > 0 }] ? $"--when must be key=pattern, not {Quoted.Text(text)}"
            : InstanceTrait.All.Any(trait => trait.Name == key) || (key.StartsWith(Label, StringComparison.Ordinal) && key.Length > Label.Length) ? null
            : $"--when: {Quoted.Text(key)} is not a condition; the conditions are {string.Join(", ", InstanceTrait.All.Select(static trait => trait.Name))}, {Label}KEY";
    }

    /// <summary>What is wrong with the name of a class by itself; null when nothing is.</summary>
    internal static string? FindNameProblem(string name) =>
        name is ProfileClass.DefaultName or ProfileClass.NoneName ? $"--class: the name {name} is taken: it is that of the instances which no class names"
        : ProfileRulesFile.IsName(name) ? null
        : $"--class must be 1 to 64 letters, digits, dots, hyphens and underscores, not {Quoted.Text(name)}";

    /// <summary>What is wrong with a file of classes by itself.</summary>
    internal static IReadOnlyList<string> FindFileProblems(string into)
    {
        try
        {
            ProfileRulesEditor.Open(into);
            return [];
        }
        catch (ProfilingTableException exception)
        {
            return exception.Problems;
        }
    }

    private static (string Key, string Pattern) Condition(string text) =>
        FindConditionProblem(text) is { } problem ? throw new ProfileException(problem) : (text.Split('=', 2)[0], text.Split('=', 2)[1]);
}
