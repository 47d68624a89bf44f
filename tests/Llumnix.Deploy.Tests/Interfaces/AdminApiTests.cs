using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Llumnix.Adapters.Options;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>docs/reference/admin.openapi.yaml is what the admin API of a scheduler does.</summary>
public sealed class AdminApiTests
{
    private const string Token = "secret";
    private static readonly OpenApiDocument Document = new("docs/reference/admin.openapi.yaml");
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_OfTheDocument_AreAnsweredAsItTells()
    {
        await using SchedulerHost host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        foreach (CheckedRequest request in Document.Checks)
        {
            await AnswerCheck.SendAsync(client, request, Token);
        }

        Assert.Equal(host.ConsolePaths.Order(), Document.Paths.Order());
    }

    /// <summary>A method that the document does not have is refused, so that none is missing in it.</summary>
    [Fact]
    public async Task Methods_ThatTheDocumentDoesNotHave_AreNotAllowed()
    {
        await using SchedulerHost host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        foreach (string path in Document.Paths.Where(static path => path is not ("/admin/drain" or "/debug/explain" or "/admin/what-if")))
        {
            foreach (string method in new[] { "POST", "DELETE", "PUT", "PATCH" })
            {
                using var message = new HttpRequestMessage(new HttpMethod(method), path);
                using HttpResponseMessage answer = await client.SendAsync(message, Cancellation);
                Assert.True(answer.StatusCode == HttpStatusCode.MethodNotAllowed, string.Create(CultureInfo.InvariantCulture, $"{method} {path}: {answer.StatusCode}"));
            }
        }
    }

    /// <summary>The schemas have the members of the types that are written.</summary>
    [Fact]
    public void Schemas_HaveTheMembersOfTheTypes()
    {
        string[] missing =
        [
            .. from type in AdminJsonContext.Default.GetType().GetProperties()
               where typeof(JsonTypeInfo).IsAssignableFrom(type.PropertyType)
               let info = (JsonTypeInfo)type.GetValue(AdminJsonContext.Default)!
               where info.Type.Namespace == "Llumnix.Server.AdminApi.Answers"
               let members = string.Join(' ', info.Properties.Select(static property => property.Name).Order())
               where !Document.SchemaMembers.Contains(members)
               select info.Type.Name,
        ];
        Assert.Empty(missing);
    }

    private static async Task<SchedulerHost> StartAsync()
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [
                "--host=127.0.0.1", "--port=0", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints",
                "--llm-backend-endpoints=name=engine-a@127.0.0.1:8100", "--enable-console", "--console-port=0", $"--console-token={Token}",
                "--console-operator-token=operator",
            ],
            SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        SchedulerHost host = SchedulerHost.Build(parsed.Options, parsed: parsed);
        await host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().Instances.Count == 1);
        using var client = new HttpClient { BaseAddress = host.Address };
        using var body = new StringContent("""{"id":"r1","scheduling_mode":"neutral","prompt_num_tokens":100}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage placed = await client.PostAsync("/schedule", body, Cancellation);
        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
        using var admin = new HttpClient { BaseAddress = host.ConsoleAddress };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        await Eventually.TrueAsync(async () => (await admin.GetAsync("/admin/fleet/history?instance=engine-a", Cancellation)).IsSuccessStatusCode);
        return host;
    }
}
