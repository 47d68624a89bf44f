using System.Globalization;
using System.Text;
using Llumnix.Simulation.Engines;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>The reference of scenario files as a Markdown page.</summary>
internal static class ScenarioReference
{
    private const string Introduction =
        """
        # Scenario files

        <!-- Made from the keys in src/Llumnix.Cli/Simulate/ScenarioFiles. LLUMNIX_UPDATE_REFERENCE=1 with the Cli tests rewrites it. -->

        `llumnix simulate FILE` plays a scenario in YAML, or in JSON, which is YAML too ([simulating](../simulating.md)). Every key may be left out; an empty value counts as left out.
        Whatever is wrong is reported at once, one line per problem with line and key, and the exit code is 2.

        - Where a list is expected, one entry stands for a list of it, and the key's singular is accepted: `rate: 40` is `rates: [40]`, `contestant: round-robin` is
          `contestants: [{baseline: round-robin}]`, and `contestant: slo` is `contestants: [{name: slo, flags: --scheduling-policy=slo}]`. A number in place of a group is its count:
          `fleet: 4` is `fleet: [{count: 4}]`.
        - Paths are relative to the folder of the file, those of the scheduler's flags among them; in `--compare` and the other flags of the command they are relative to the
          working directory. A flag of `llumnix simulate` overrides its key, in all groups or contestants. A value of the file that is wrong by itself is reported nevertheless, but for flags of contestants in whose place `--compare` names others.

        """;

    private const string Traces =
        """

        ## Traces

        The extension tells the format. A wrong row is an error with file, line and column.

        | `.csv` column (Azure LLM inference traces) | Unit | What |
        |---|---|---|
        | `TIMESTAMP` | date and time, UTC unless it says otherwise | arrival; the first one is the start |
        | `ContextTokens` | tokens, at least 1 | length of the prompt |
        | `GeneratedTokens` | tokens, at least 1 | length of the answer |

        | `.jsonl` member (Mooncake traces) | Unit | What |
        |---|---|---|
        | `timestamp` | ms | arrival. The arrivals of one timestamp are spread evenly until the next one, over 3 s at most, since recordings have ticks |
        | `input_length` | tokens, at least 1 | length of the prompt |
        | `output_length` | tokens, at least 1 | length of the answer |
        | `hash_ids` | ids of blocks of 512 tokens | content of the prompt, the beginning first: equal ids are equal content up to there. May be left out; then nothing is shared |

        [bench/traces](../../bench/traces/README.md) has a small one of each format.

        """;

    /// <summary>The page.</summary>
    public static string Render()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (ScenarioSection section in ScenarioSections.All)
        {
            page.Append(section == ScenarioSections.Root ? "\n## The file\n" : $"\n## Under `{section.Title}`\n")
                .Append("\n| Key | Kind | Unit | Default | Description |\n|---|---|---|---|---|\n");
            foreach (ScenarioKey key in section.Keys)
            {
                AppendKey(page, key);
            }
        }

        page.Append(Traces.ReplaceLineEndings("\n")).Append("\n## Profiles\n\n| Name | KV cache (tokens) | What |\n|---|---|---|\n");
        foreach (EngineProfile profile in EngineProfiles.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{profile.Name}` | {profile.KvCapacityTokens} | {profile.Description}. {Formula(profile.Latency)} |\n");
        }

        return page.ToString();
    }

    private static void AppendKey(StringBuilder page, ScenarioKey key)
    {
        string other = key.OtherName.Length > 0 ? $", `{key.OtherName}`" : "";
        string kind = key.Kind.Replace("|", @" \| ", StringComparison.Ordinal);
        string flag = key.Flag.Length > 0 ? $" Flag: `{key.Flag}`." : "";
        string keys = key.Section is { } section ? $" Its keys: [{section.Title}](#under-{section.Title})." : "";
        page.Append(CultureInfo.InvariantCulture, $"| `{key.Name}`{other} | {kind}{key.Range} | {key.Unit} | {key.Default} | {key.Description}{keys}{flag} |\n");
    }

    private static string Formula(PolynomialLatencyModel latency) => string.Create(
        CultureInfo.InvariantCulture,
        $"Milliseconds of a step: {latency.PrefillBase} + {latency.PrefillPerToken} n + {latency.PrefillPerTokenSquared} n² with n prompt tokens, and {latency.DecodeBase} + {latency.DecodePerRequest} requests + {latency.DecodePerKvToken} KV tokens with decodes");
}
