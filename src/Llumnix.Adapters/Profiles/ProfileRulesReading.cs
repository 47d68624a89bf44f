using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Adapters.Profiles;

/// <summary>The reading of one file of rules, and what is wrong with it.</summary>
/// <param name="directory">The folder that paths in the file are relative to.</param>
internal sealed class ProfileRulesReading(string directory)
{
    private const int MaxPatterns = 64;
    private const int MaxTextLength = 256;
    private const int MaxProblems = 20;
    private const string LabelsKey = "labels";

    private static readonly string ConditionKeys = string.Join(", ", InstanceTrait.All.Select(static trait => trait.Name).Append(LabelsKey));
    private readonly List<(long Line, string Message)> _problems = [];

    /// <summary>What is wrong, at most so much as a reader takes in.</summary>
    public IReadOnlyList<(long Line, string Message)> Problems => _problems;

    /// <summary>Reads the whole file.</summary>
    public List<ProfileRuleEntry> ReadRoot(YamlNode root)
    {
        YamlNode? classes = null;
        foreach ((string key, YamlNode value) in Members(root, "the file"))
        {
            if (key == ProfileRulesFile.ClassesKey)
            {
                classes = value;
            }
            else
            {
                Add(value, $"{Show(key)} is not a key here; the file has one, {ProfileRulesFile.ClassesKey}");
            }
        }

        if (classes is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            Add(classes ?? root, $"needs a list '{ProfileRulesFile.ClassesKey}' of at least one class");
            return [];
        }

        if (list.Children.Count > ProfileClasses.MaxRules)
        {
            Add(list, FormattableString.Invariant($"has {list.Children.Count} classes; at most {ProfileClasses.MaxRules} are possible"));
            return [];
        }

        var entries = new List<ProfileRuleEntry>();
        foreach (YamlNode item in list.Children)
        {
            ProfileRuleEntry entry = ReadEntry(item);
            if (entry.Name.Length > 0 && entries.Any(earlier => earlier.Name == entry.Name))
            {
                Add(item, $"an earlier class has the name {entry.Name}");
            }

            entries.Add(entry);
        }

        return entries;
    }

    private ProfileRuleEntry ReadEntry(YamlNode item)
    {
        (string name, string ttft, string tpot) = ("", "", "");
        IReadOnlyList<InstanceCondition> conditions = [];
        foreach ((string key, YamlNode value) in Members(item, "a class"))
        {
            switch (key)
            {
                case "name":
                    name = Text(value, key);
                    break;
                case "ttft":
                    ttft = Text(value, key);
                    break;
                case "tpot":
                    tpot = Text(value, key);
                    break;
                case "when":
                    conditions = ReadConditions(value);
                    break;
                default:
                    Add(value, $"{Show(key)} is not a key of a class; its keys are name, when, ttft and tpot");
                    break;
            }
        }

        CheckName(name, item);
        foreach ((string key, string path) in new[] { ("ttft", ttft), ("tpot", tpot) })
        {
            if (path.Length == 0)
            {
                Add(item, $"class {Show(name)} needs {key}, the file of its {(key == "ttft" ? "prefill" : "decode")} table");
            }
        }

        return new ProfileRuleEntry(name, conditions, PathOf(ttft), PathOf(tpot), item.Start.Line);
    }

    private string PathOf(string text) => text.Length == 0 ? "" : Path.Combine(directory, text);

    private void CheckName(string name, YamlNode item)
    {
        if (name is ProfileClass.DefaultName or ProfileClass.NoneName)
        {
            Add(item, $"the name {name} is taken: it is that of the instances which no class names");
        }
        else if (!ProfileRulesFile.IsName(name))
        {
            Add(item, "a class needs a name of 1 to 64 letters, digits, dots, hyphens and underscores");
        }
    }

    private List<InstanceCondition> ReadConditions(YamlNode node)
    {
        var conditions = new List<InstanceCondition>();
        foreach ((string key, YamlNode value) in Members(node, "when"))
        {
            if (key == LabelsKey)
            {
                foreach ((string label, YamlNode labelled) in Members(value, LabelsKey))
                {
                    AddCondition(InstanceTrait.OfLabel(label), labelled);
                }
            }
            else if (InstanceTrait.All.FirstOrDefault(trait => trait.Name == key) is { } trait)
            {
                AddCondition(trait, value);
            }
            else
            {
                Add(value, $"{Show(key)} is not a condition; the conditions are {ConditionKeys}");
            }
        }

        return conditions;

        void AddCondition(InstanceTrait trait, YamlNode value)
        {
            IReadOnlyList<YamlNode> items = value is YamlSequenceNode sequence ? [.. sequence.Children] : [value];
            if (items.Count is 0 or > MaxPatterns)
            {
                Add(value, FormattableString.Invariant($"{trait.Name} needs 1 to {MaxPatterns} patterns"));
                return;
            }

            conditions.Add(new InstanceCondition(trait, [.. items.Select(item => Text(item, trait.Name))]));
        }
    }

    private string Text(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 and <= MaxTextLength } text })
        {
            return text;
        }

        Add(node, FormattableString.Invariant($"{key} must be a text of 1 to {MaxTextLength} characters"));
        return "";
    }

    private IEnumerable<(string Key, YamlNode Value)> Members(YamlNode node, string what)
    {
        if (node is not YamlMappingNode mapping)
        {
            Add(node, $"{what} must be a mapping of keys to values");
            yield break;
        }

        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 and <= MaxTextLength } name })
            {
                yield return (name, value);
            }
            else
            {
                Add(key, $"a key of {what} must be a text");
            }
        }
    }

    private static string Show(string key) => key.Length == 0 ? "without a name" : $"'{new string([.. key.Take(40).Where(static c => !char.IsControl(c))])}'";

    private void Add(YamlNode node, string message)
    {
        if (_problems.Count < MaxProblems)
        {
            _problems.Add((node.Start.Line, message));
        }
    }
}
