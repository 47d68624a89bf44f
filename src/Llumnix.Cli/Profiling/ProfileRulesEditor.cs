using System.Text;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Profiling;

/// <summary>Adds classes to a file of <c>--latency-profiles</c> or replaces their parts, and leaves the rest of it, comments included, as it is.</summary>
internal sealed class ProfileRulesEditor
{
    private readonly string _directory;
    private string _text;

    private ProfileRulesEditor(string path, string text) => (Path, _directory, _text) = (path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, text);

    /// <summary>The file.</summary>
    internal string Path { get; }

    /// <summary>Begins a new file.</summary>
    internal static ProfileRulesEditor Begin(string path) => new(path, "");

    /// <summary>Opens a file, or begins a new one where there is none.</summary>
    /// <exception cref="ProfilingTableException">The file is not one of classes.</exception>
    internal static ProfileRulesEditor Open(string path)
    {
        if (!File.Exists(path))
        {
            return Begin(path);
        }

        ProfileRulesFile.ReadEntries(path);
        return new ProfileRulesEditor(path, BoundedTextFile.Read(path));
    }

    /// <summary>The class with a name; null when there is none.</summary>
    internal ProfileRuleEntry? Find(string name) => _text.Length == 0 ? null
        : ProfileRulesFile.Parse(_text, _directory, Path).FirstOrDefault(entry => entry.Name == name);

    /// <summary>Adds a class behind the others, or gives one that is there other tables and, where there are any, other conditions.</summary>
    /// <param name="name">The class.</param>
    /// <param name="ttftPath">The prefill table.</param>
    /// <param name="tpotPath">The decode table.</param>
    /// <param name="when">Pairs of a condition's key and pattern, <c>labels.KEY</c> for a label; a key may come several times.</param>
    /// <exception cref="ProfilingTableException">The file cannot be changed, or would not be valid any more.</exception>
    internal void Set(string name, string ttftPath, string tpotPath, IReadOnlyList<(string Key, string Pattern)> when)
    {
        string text = Find(name) is null
            ? Append(name, Relative(ttftPath), Relative(tpotPath), when)
            : Replace(name, Relative(ttftPath), Relative(tpotPath), when);
        ProfileRulesFile.Parse(text, _directory, Path);
        _text = text;
    }

    /// <summary>Writes the file atomically: a crash leaves the old or the new one.</summary>
    internal void Write()
    {
        string temporary = Path + ".part";
        File.WriteAllText(temporary, _text);
        File.Move(temporary, Path, overwrite: true);
    }

    private string Relative(string path) => System.IO.Path.GetRelativePath(_directory, System.IO.Path.GetFullPath(path)).Replace('\\', '/');

    private string Append(string name, string ttft, string tpot, IReadOnlyList<(string Key, string Pattern)> when)
    {
        if (_text.Length == 0)
        {
            return $"{ProfileRulesFile.ClassesKey}:\n{Item("  ", name, ttft, tpot, when)}";
        }

        if (Classes() is not { Style: not SequenceStyle.Flow } list)
        {
            throw new ProfilingTableException($"{Path}: a class can be added only where each class of '{ProfileRulesFile.ClassesKey}' begins with '- ' on a line of its own; rewrite the list so");
        }

        // An item's own place is behind the hyphen and its blank.
        string indent = new(' ', Math.Max(0, (int)list.Children[0].Start.Column - 3));
        return $"{_text.TrimEnd()}\n{Item(indent, name, ttft, tpot, when)}";
    }

    private string Replace(string name, string ttft, string tpot, IReadOnlyList<(string Key, string Pattern)> when)
    {
        YamlMappingNode item = Classes().Children.OfType<YamlMappingNode>().Single(candidate => candidate.Children["name"] is YamlScalarNode { Value: { } value } && value == name);
        var changes = new List<(YamlNode Place, string Text)> { (item.Children["ttft"], Quote(ttft)), (item.Children["tpot"], Quote(tpot)) };
        if (when.Count > 0)
        {
            YamlNode place = item.Children.TryGetValue("when", out YamlNode? known)
                ? known
                : throw new ProfilingTableException($"{Path}:{item.Start.Line}: class {name} has no 'when' to replace; add one by hand");
            changes.Add((place, known is YamlMappingNode { Style: MappingStyle.Flow } ? Conditions(when)
                : throw new ProfilingTableException($"{Path}:{place.Start.Line}: 'when' of class {name} can be replaced only where it is written in braces; change it by hand")));
        }

        var text = new StringBuilder(_text);
        foreach ((YamlNode place, string changed) in changes.OrderByDescending(static change => change.Place.Start.Index))
        {
            (int start, int end) = ((int)place.Start.Index, EndOf(place));
            text.Remove(start, end - start).Insert(start, changed);
        }

        return text.ToString();
    }

    /// <summary>The index behind a node. The tree has only the beginnings of mappings, the events of the parser have their ends.</summary>
    private int EndOf(YamlNode node)
    {
        if (node is YamlScalarNode)
        {
            return (int)node.End.Index;
        }

        var parser = new Parser(new StringReader(_text));
        int depth = 0;
        while (parser.MoveNext())
        {
            if (depth > 0 || (parser.Current is MappingStart && parser.Current.Start.Index == node.Start.Index))
            {
                depth += parser.Current!.NestingIncrease;
                if (depth == 0)
                {
                    break;
                }
            }
        }

        // Where the closing brace begins is told of its event, where it ends is not.
        return (int)parser.Current!.Start.Index + 1;
    }

    private YamlSequenceNode Classes() =>
        (YamlSequenceNode)((YamlMappingNode)YamlText.Parse(_text, Path, "a list of classes")).Children[ProfileRulesFile.ClassesKey];

    private static string Item(string indent, string name, string ttft, string tpot, IReadOnlyList<(string Key, string Pattern)> when) =>
        $"{indent}- name: {name}\n{indent}  when: {Conditions(when)}\n{indent}  ttft: {Quote(ttft)}\n{indent}  tpot: {Quote(tpot)}\n";

    private static string Conditions(IReadOnlyList<(string Key, string Pattern)> when)
    {
        const string Label = "labels.";
        IEnumerable<string> plain = Members(when.Where(static condition => !condition.Key.StartsWith(Label, StringComparison.Ordinal)));
        string labels = string.Join(", ", Members(when
            .Where(static condition => condition.Key.StartsWith(Label, StringComparison.Ordinal))
            .Select(static condition => (Quote(condition.Key[Label.Length..]), condition.Pattern))));
        return $"{{ {string.Join(", ", labels.Length == 0 ? plain : plain.Append($"labels: {{ {labels} }}"))} }}";
    }

    private static IEnumerable<string> Members(IEnumerable<(string Key, string Pattern)> conditions) => conditions
        .GroupBy(static condition => condition.Key, static condition => Quote(condition.Pattern), StringComparer.Ordinal)
        .Select(static group => $"{group.Key}: {(group.Count() == 1 ? group.Single() : $"[{string.Join(", ", group)}]")}");

    /// <summary>As a text in double quotes, in which YAML reads no character otherwise once these are escaped.</summary>
    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
