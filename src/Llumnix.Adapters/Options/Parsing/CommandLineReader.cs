using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Reads <c>--name value</c>, <c>--name=value</c>, <c>--boolean</c> and <c>--boolean false</c>. One dash is equivalent to two.</summary>
internal sealed class CommandLineReader
{
    private const string NoFlag = "is neither a flag nor the value of one";

    private readonly OptionTable _table;
    private readonly IReadOnlyList<string> _args;
    private readonly List<OptionProblem> _problems;
    private readonly List<OptionAssignment> _assignments = [];
    private int _next;

    /// <summary>The boolean flag that was read last, when it had no value.</summary>
    private string? _bareBoolean;

    /// <summary>The flag of a list whose value was read last, as an argument of its own.</summary>
    private string? _list;

    /// <summary>Whether an argument without a flag may be a secret, or the rest of one with a space in it: the last flag has one, or is unknown.</summary>
    private bool _mayBeSecret;

    private CommandLineReader(OptionTable table, IReadOnlyList<string> args, List<OptionProblem> problems)
    {
        _table = table;
        _args = args;
        _problems = problems;
    }

    public static List<OptionAssignment> Read(OptionTable table, IReadOnlyList<string> args, List<OptionProblem> problems)
    {
        var reader = new CommandLineReader(table, args, problems);
        while (reader._next < args.Count)
        {
            reader.ReadOne(args[reader._next++]);
        }

        return reader._assignments;
    }

    private void ReadOne(string argument)
    {
        if (!IsFlag(argument))
        {
            string shown = _mayBeSecret ? "" : RefusedValue.Quote(argument);
            AddProblem(
                _bareBoolean ?? $"argument {_next}{(_mayBeSecret ? "" : ", ")}{shown}",
                _bareBoolean is not null ? $"the value must be {OptionTypes.Boolean.Expected}, not {shown}"
                : NoFlag + (_list is null ? "" : $"; what {_list} lists is separated with commas, without spaces"));
            _bareBoolean = null;
            return;
        }

        _bareBoolean = null;
        _list = null;
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string written = equals < 0 ? argument : argument[..equals];
        string name = written.TrimStart('-');
        OptionDefinition? option = _table.Find(name);
        _mayBeSecret = option is not { IsSecret: false, SecretOf: null };
        if (option is null)
        {
            AddProblem(UnknownOption.Show(written) ?? $"argument {_next}", UnknownOption.Describe(_table, name));
            SkipValueOfUnknown(equals);
        }
        else if (equals >= 0)
        {
            Add(option, written, argument[(equals + 1)..]);
        }
        else
        {
            ReadSeparateValue(option, written);
        }
    }

    private void ReadSeparateValue(OptionDefinition option, string written)
    {
        string? following = _next < _args.Count ? _args[_next] : null;
        if (option.IsBoolean)
        {
            bool isGiven = following is not null && OptionTypes.IsBooleanWord(following);
            _next += isGiven ? 1 : 0;
            _bareBoolean = isGiven ? null : written;
            Add(option, written, isGiven ? following! : "true");
        }
        else if (following is null || IsKnownFlag(following))
        {
            AddProblem(written, $"needs a value ({option.Kind})");
        }
        else
        {
            _next++;
            _list = option.Kind.StartsWith("list", StringComparison.Ordinal) ? written : null;
            Add(option, written, following);
        }
    }

    private void SkipValueOfUnknown(int equals)
    {
        bool hasValue = equals < 0 && _next < _args.Count && !IsFlag(_args[_next]);
        _next += hasValue ? 1 : 0;
    }

    private void Add(OptionDefinition option, string written, string text) =>
        _assignments.Add(new OptionAssignment(option, text, new OptionSource(OptionSourceKind.Flag, written)));

    private void AddProblem(string place, string message) =>
        _problems.Add(new OptionProblem(new OptionSource(OptionSourceKind.Flag, place), message));

    // A dash before a digit is a negative number.
    private static bool IsFlag(string argument) =>
        argument.Length > 1 && argument[0] == '-' && !char.IsAsciiDigit(argument[1]) && argument.TrimStart('-').Length > 0;

    private bool IsKnownFlag(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) && _table.Find(argument[2..].Split('=', 2)[0]) is not null;
}
