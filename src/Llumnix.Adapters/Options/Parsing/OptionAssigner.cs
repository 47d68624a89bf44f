using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Applies assignments, weakest first, so that the strongest wins. Overridden texts are checked too.</summary>
internal static class OptionAssigner
{
    public static AssignedOptions<TOptions> Apply<TOptions>(
        OptionTable<TOptions> table, IReadOnlyList<OptionAssignment> assignments, List<OptionProblem> problems)
    {
        TOptions options = table.Defaults;
        var sources = new Dictionary<string, OptionSource>();
        foreach (OptionAssignment assignment in assignments)
        {
            if (assignment.Option is not OptionDefinition<TOptions> { Binding: { } binding })
            {
                continue;
            }

            if (binding.TryApply(assignment.Text, options, out options))
            {
                sources[assignment.Option.Name] = assignment.Source;
            }
            else
            {
                // The value is not quoted in the message: it may be a secret that was meant for another option.
                problems.Add(new OptionProblem(assignment.Source, $"the value must be {binding.Expected}{Part(binding.Explain(assignment.Text))}"));
            }
        }

        return new AssignedOptions<TOptions>(table, options, sources, []);
    }

    private static string Part(string? problem) => problem is null ? "" : $"; {problem}";
}
