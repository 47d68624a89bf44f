namespace Llumnix.Server.Options.Parsing;

/// <summary>Applies assignments, weakest first, so that the strongest stays. Every text is read, also one that another overrides.</summary>
internal static class OptionAssigner
{
    public static EffectiveOptions Apply(IReadOnlyList<OptionAssignment> assignments, List<OptionProblem> problems)
    {
        var options = new SchedulerOptions();
        var sources = new Dictionary<string, OptionSource>();
        foreach (OptionAssignment assignment in assignments.Where(assignment => assignment.Option.Binding is not null))
        {
            SchedulerOptions? applied = assignment.Option.Binding!.Apply(assignment.Text, options);
            if (applied is null)
            {
                problems.Add(new OptionProblem(assignment.Source, Describe(assignment)));
                continue;
            }

            options = applied;
            sources[assignment.Option.Name] = assignment.Source;
        }

        return new EffectiveOptions(options, sources, []);
    }

    private static string Describe(OptionAssignment assignment)
    {
        string shown = assignment.Option.IsSecret ? "the value" : Quoted.Text(assignment.Text);
        return $"{shown} must be {assignment.Option.Binding!.Expected}";
    }
}
