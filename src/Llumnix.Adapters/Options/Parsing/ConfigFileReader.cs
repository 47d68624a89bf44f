using Llumnix.Adapters.Options.Table;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>
/// Reads a flat YAML or JSON mapping of flag names to values; JSON is parsed as YAML, of which it is a subset. Lists may be sequences; null equals no
/// entry.
/// </summary>
internal sealed class ConfigFileReader
{
    private readonly OptionTable _table;
    private readonly string _path;
    private readonly List<OptionProblem> _problems;
    private readonly List<OptionAssignment> _assignments = [];
    private readonly HashSet<OptionDefinition> _seen = [];

    private ConfigFileReader(OptionTable table, string path, List<OptionProblem> problems)
    {
        _table = table;
        _path = path;
        _problems = problems;
    }

    public static List<OptionAssignment> Read(OptionTable table, string path, string text, List<OptionProblem> problems)
    {
        var reader = new ConfigFileReader(table, Quoted.Plain(path), problems);
        string yaml = WithoutTabs(text);
        if (reader.IsReadable(yaml))
        {
            reader.ReadEvents(yaml);
        }

        return reader._assignments;
    }

    /// <summary>
    /// Parses the whole text once before any value is used. On garbage the YAML parser throws exceptions of many types; in this method only the
    /// parser runs, so that each of them means that the text is not YAML.
    /// </summary>
    private bool IsReadable(string yaml)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            while (parser.MoveNext())
            {
            }

            return true;
        }
        catch (Exception error)
        {
            AddNoYaml(yaml, error);
            return false;
        }
    }

    /// <summary>For some garbage the parser emits events that do not close what they opened.</summary>
    private void ReadEvents(string yaml)
    {
        try
        {
            ReadDocument(new Parser(new StringReader(yaml)));
        }
        catch (Exception error) when (error is YamlException or EndOfStreamException)
        {
            AddNoYaml(yaml, error);
        }
    }

    // The parser's own message may quote the file, and so a secret.
    private void AddNoYaml(string yaml, Exception error)
    {
        var fault = YamlFault.Of(yaml, error);
        AddProblem(FormattableString.Invariant($"{fault.Line}:{fault.Column}"), fault.ToString());
    }

    // Tabs are not allowed as indentation in YAML but are in JSON, whose strings contain them only escaped.
    private static string WithoutTabs(string text) => text.AsSpan().TrimStart() is ['{', ..] ? text.Replace('\t', ' ') : text;

    private void ReadDocument(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<DocumentStart>(out _))
        {
            ReadRoot(parser);
            parser.Consume<DocumentEnd>();
        }

        if (!parser.TryConsume<StreamEnd>(out _))
        {
            AddProblem(parser.Current!.Start, "a second document is not expected");
        }
    }

    private void ReadRoot(Parser parser)
    {
        if (!parser.TryConsume<MappingStart>(out _))
        {
            bool isEmpty = parser.Current is Scalar { Value: "", Style: ScalarStyle.Plain };
            if (!isEmpty)
            {
                AddProblem(parser.Current!.Start, "a mapping of flag names to values is expected");
            }

            parser.SkipThisAndNestedEvents();
            return;
        }

        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ReadEntry(parser);
        }
    }

    private void ReadEntry(Parser parser)
    {
        Mark place = parser.Current!.Start;
        if (!parser.TryConsume<Scalar>(out var key))
        {
            parser.SkipThisAndNestedEvents();
            parser.SkipThisAndNestedEvents();
            AddProblem(place, "a flag name is expected");
            return;
        }

        OptionDefinition? option = FindOption(key.Value, place);
        (string? text, bool isExpected) = ReadValue(parser);
        if (!isExpected)
        {
            AddProblem(place, $"{Show(key.Value)}: one value or a list of values is expected");
        }
        else if (option is not null && text is not null)
        {
            Add(option, key.Value, text, place);
        }
    }

    private OptionDefinition? FindOption(string key, Mark place)
    {
        OptionDefinition? option = _table.Find(key);
        if (option is null)
        {
            AddProblem(place, $"{Show(key)}: {UnknownOption.Describe(_table, key)}");
        }
        else if (option.Name is OptionTable.ConfigName or OptionTable.HelpName or OptionTable.VersionName)
        {
            AddProblem(place, $"{key}: not allowed in a configuration file");
            return null;
        }

        return option;
    }

    private void Add(OptionDefinition option, string key, string text, Mark place)
    {
        if (!_seen.Add(option))
        {
            AddProblem(place, $"{key}: given twice");
        }

        _assignments.Add(new OptionAssignment(option, text, Source(place, $" {key}")));
    }

    private static (string? Text, bool IsExpected) ReadValue(Parser parser)
    {
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            bool isNull = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" };
            return (isNull ? null : scalar.Value, true);
        }

        return parser.TryConsume<SequenceStart>(out _) ? ReadSequence(parser) : SkipUnexpected(parser);
    }

    private static (string? Text, bool IsExpected) ReadSequence(Parser parser)
    {
        var items = new List<string>();
        bool isExpected = true;
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (parser.TryConsume<Scalar>(out var item))
            {
                items.Add(item.Value);
            }
            else
            {
                isExpected = SkipUnexpected(parser).IsExpected;
            }
        }

        return (string.Join(',', items), isExpected);
    }

    private static (string? Text, bool IsExpected) SkipUnexpected(Parser parser)
    {
        parser.SkipThisAndNestedEvents();
        return (null, false);
    }

    private static string Show(string key) => UnknownOption.Show(key) ?? "a key";

    private void AddProblem(Mark place, string message) => AddProblem(FormattableString.Invariant($"{place.Line}"), message);

    private void AddProblem(string place, string message) => _problems.Add(new OptionProblem(new OptionSource(OptionSourceKind.File, $"{_path}:{place}"), message));

    private OptionSource Source(Mark place, string key) =>
        new(OptionSourceKind.File, FormattableString.Invariant($"{_path}:{place.Line}{key}"));
}
