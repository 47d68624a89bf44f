using Llumnix.Adapters.Options;
using Llumnix.Adapters.Secrets;
using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

public sealed class SecretTests
{
    private const string Password = "hunter2";

    [Theory]
    [InlineData("service-token")]
    [InlineData("metrics-token")]
    [InlineData("cms-redis-password")]
    [InlineData("kvs-metadata-service-redis-cluster-password")]
    [InlineData("discovery-redis-password")]
    [InlineData("discovery-etcd-password")]
    public void Parse_SecretFromAnySource_NeverShows(string name)
    {
        string variable = "LLUMNIX_SCHEDULER_" + name.ToUpperInvariant().Replace('-', '_');
        OptionsInput[] inputs =
        [
            new($"--{name}", Password, "--bad"),
            new($"--extra-args={name}={Password},bad=1"),
            new("--bad") { Environment = { [variable] = Password } },
            new("--bad", "--config=c.yaml") { Files = { ["c.yaml"] = $"{name}: {Password}" } },
            new("--bad", $"--{name}-file=s") { Files = { ["s"] = Password + "\r\n" } },
        ];
        foreach (OptionsParseResult<SchedulerOptions> result in inputs.Select(input => input.Parse()))
        {
            Assert.Single(result.Errors);
            Assert.Contains(name + "=***", OptionsReport.RenderEffective(result), StringComparison.Ordinal);
            Assert.Equal(Password, Assert.Single(Secrets(result.Options), secret => !secret.IsEmpty).Reveal());
            string shown = OptionsReport.RenderEffective(result) + OptionsReport.RenderProblems(result) + result + result.Options;
            Assert.DoesNotContain(Password, shown, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--service-tokn", Password)]
    [InlineData("--service-tokn=" + Password)]
    [InlineData("--service-token=", Password)]
    [InlineData("--service-token", "x", Password)]
    [InlineData("--extra-args", Password)]
    [InlineData("--extra-args", "service-token='" + Password)]
    [InlineData("--extra-args", "service-token=x," + Password + "=y")]
    public void Parse_MistypedSecret_NeverShows(params string[] args)
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(args);
        Assert.NotEmpty(result.Errors);
        Assert.DoesNotContain(Password, OptionsReport.RenderProblems(result) + result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--service-token-file", Password)]
    [InlineData("--config", Password)]
    [InlineData("--cms-redis-password", Password, "--cms-redis-port", Password)]
    [InlineData("--service-token=" + Password, "--cms-redis-timeout", "x" + Password)]
    [InlineData("--service-token", "x", "--cms-redis-password", Password, Password)]
    [InlineData("--cms-redis-password-file", Password, Password)]
    [InlineData("--kvs-metadata-service-http-server-host", Password + "@host")]
    [InlineData("--discovery-dns-names", "user:" + Password + "@host")]
    [InlineData("--llm-backend-endpoints", Password + "@:host")]
    [InlineData("--discovery-etcd-endpoints", "http://user:" + Password + "@etcd:2379", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=etcd")]
    [InlineData("--scheduling-policy", Password, "--service-token", Password)]
        [InlineData("--" + Password + ":8@host")]
    public void Parse_SecretGivenToAnotherOption_IsNotRepeated(params string[] args)
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(args);
        Assert.NotEmpty(result.Errors);
        Assert.DoesNotContain(Password, OptionsReport.RenderProblems(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SecretAndItsFile_IsAnError()
    {
        var input = new OptionsInput("--service-token=x", "--service-token-file=s") { Files = { ["s"] = "y" } };
        Assert.Equal(
            "--service-token-file: give either --service-token-file or --service-token, not both", Assert.Single(input.Parse().Errors).ToString());
    }

    [Theory]
    [InlineData("\n", "--service-token-file: the file that it names is empty")]
    [InlineData(null, "--service-token-file: the file that it names cannot be read: there is no such file")]
    public void Parse_UselessSecretFile_IsAnError(string? text, string expected)
    {
        Dictionary<string, string> files = text is null ? [] : new() { ["s"] = text };
        Assert.Equal(expected, Assert.Single(new OptionsInput("--service-token-file=s") { Files = files }.Parse().Errors).ToString());
    }

    private static Secret[] Secrets(SchedulerOptions options) =>
    [
        options.Service.Token, options.Service.MetricsToken, options.Cms.Redis.Password, options.KvStore.V6d.Password, options.Discovery.Redis.Redis.Password,
        options.Discovery.Etcd.Etcd.Password,
    ];
}
