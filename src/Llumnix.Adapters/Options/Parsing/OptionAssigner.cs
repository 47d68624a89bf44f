using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Applies assignments, weakest first, so that the strongest wins. Overridden texts are checked too.</summary>
internal static class OptionAssigner
{
    public static AssignedOptions<TOptions> Apply<TOptions>(
        OptionTable<TOptions> table, IReadOnlyList<OptionAssignment> assignments, List<OptionProblem> problems)
    {
        TOptions options = table.Defaults;
        string[] secrets = [.. assignments.Where(static a => a.Option.IsSecret && a.Text.Length > 0).Select(static a => a.Text)];
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
                bool isShown = !assignment.Option.IsSecret && !Array.Exists(secrets, secret => assignment.Text.Contains(secret, StringComparison.Ordinal));
                string given = isShown ? $", not {RefusedValue.Quote(assignment.Text)}{Part(binding.Explain(assignment.Text))}" : "";
                problems.Add(new OptionProblem(assignment.Source, $"the value must be {binding.Expected}{given}"));
            }
        }

        return new AssignedOptions<TOptions>(table, options, sources, []);
    }

    private static string Part(string? problem) => problem is null ? "" : $"; {problem}";
}
