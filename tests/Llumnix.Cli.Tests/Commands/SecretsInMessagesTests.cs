using System.Text;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Configuration;
using Llumnix.Cli.Tests.Processes;

namespace Llumnix.Cli.Tests.Commands;

/// <summary>What is wrong with a command line is told without the secrets in it.</summary>
public sealed class SecretsInMessagesTests : IDisposable
{
    private const string Secret = "hunter2";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-secrets-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("\"password=***\"", "engine", "--count", "0", "--discovery-etcd", "host:1,password=hunter2,foo=bar")]
    [InlineData("\"http://h:1?***\"", "engine", "--count", "0", "--discovery-etcd", "http://h:1?password=hunter2")]
    [InlineData("\"password=***\"", "engine", "--count", "0", "--discovery-etcd", "password=hunter2@h")]
    [InlineData("the password last", "engine", "--count", "0", "--cms-redis", "host:1,password=hunter2,foo=bar")]
    [InlineData("\"http://h:1,password=***\"", "explain", "--scheduler", "http://h:1,password=hunter2")]
    [InlineData("\"http://h:x?***\"", "profile", "--model", "m", "--endpoint", "http://h:x?api_key=hunter2")]
    [InlineData("\"***@h\"", "profile", "--model", "m", "--endpoint", "a:1", "u:hunter2@h")]
    [InlineData("\"***@h\"", "top", "--once", "u:hunter2@h")]
    [InlineData("\"***@h\"", "top", "--once=u:hunter2@h")]
    [InlineData("\"token=***\"", "top", "--sort", "token=hunter2")]
    [InlineData("\"token=***\"", "demo", "--rate", "token=hunter2")]
    public async Task Run_CommandLineWithASecret_HidesIt(string shown, params string[] args)
    {
        using var errors = new StringWriter();
        Assert.Equal(2, await CommandRunner.RunAsync(Root.Create(), args, TextWriter.Null, errors, TestContext.Current.CancellationToken));
        Assert.Contains(shown, errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"http://h:1?***\"", "serve", "--engines", "http://h:1?api_key=hunter2")]
    [InlineData("\"a:1,password=***\"", "serve", "--engines", "a:1,password=hunter2,hunter2")]
    [InlineData("\"a:1?***\"", "gateway", "--scheduler-endpoints", "a:1?token=hunter2")]
    [InlineData("\"***\"", "gateway", "--scheduler-endpoints", "http://u:hunter2,x@a:1")]
    [InlineData("\"http://a:1?***\"", "llumlet", "--engine", "http://a:1?token=hunter2")]
    [InlineData("\"password=***\"", "scheduler", "--llm-backend-endpoints", "password=hunter2,foo")]
    [InlineData("\"***@h\"", "scheduler", "--kvs-metadata-service-redis-cluster-hosts", "u:hunter2,x@h")]
    [InlineData("\"***@h\" has a user or a password", "scheduler", "--kvs-metadata-service-redis-cluster-hosts", "h:hunter2=x@h")]
    [InlineData("\"redis://***@h:6379\"", "scheduler", "--cms-redis-host", "redis://:hunter2@h:6379")]
    [InlineData("\"***@h\"", "scheduler", "--cms-redis-host", "u:hunter2@h")]
    [InlineData("\"host:1,password=***\"", "scheduler", "--cms-redis-host", "host:1,password=hunter2")]
    [InlineData("\"host:1,password=***\"", "rescheduler", "--cms-redis-host=host:1,password=hunter2")]
    [InlineData("\"host:1,password=***\"", "llumlet", "--engine=http://10.0.0.1:1", "--cms-redis-host=host:1,password=hunter2")]
    [InlineData("\"host:1,password=***\"", "scheduler", "--discovery-redis-host=host:1,password=hunter2")]
    [InlineData("\"host:1,password=***\"", "gateway", "--discovery-redis-host=host:1,password=hunter2")]
    [InlineData("\"***@h\"", "scheduler", "--host=u:hunter2@h")]
    [InlineData("\"***@h\"", "scheduler", "--console-host=u:hunter2@h")]
    [InlineData("\"***@h\"", "serve", "--engines=http://a:1", "--console-host=u:hunter2@h")]
    [InlineData("\"***@h\"", "serve", "--engines=http://a:1", "--host=u:hunter2@h")]
    [InlineData("\"***@h\"", "scheduler", "--kvs-metadata-service-http-server-host=u:hunter2@h")]
    [InlineData("--service-token: the value must be", "scheduler", "--service-token=hunter2 x")]
    [InlineData("--metrics-token: the value must be", "scheduler", "--metrics-token=hunter2é")]
    [InlineData("--console-token: the value must be", "scheduler", "--console-token=hunter2é")]
    [InlineData("--console-operator-token: the value must be", "serve", "--engines=http://a:1", "--console-operator-token=hunter2é")]
    [InlineData("--service-token: the value must be", "gateway", "--service-token=hunter2é")]
    public void Validate_OptionWithASecret_HidesIt(string shown, params string[] args)
    {
        (int exitCode, string output) = Validate(args);
        Assert.Equal(2, exitCode);
        Assert.Contains(shown, output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_HostInAConfigurationFile_HidesItsSecret()
    {
        (int exitCode, string output) = Validate("scheduler", "--config", Write("config.yaml", "cms-redis-host: redis://:hunter2@h:6379\n"));
        Assert.Equal(2, exitCode);
        Assert.Contains("\"redis://***@h:6379\"", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scheduler", "LLUMNIX_SCHEDULER_CMS_REDIS_HOST")]
    [InlineData("rescheduler", "LLUMNIX_SCHEDULER_DISCOVERY_REDIS_HOST")]
    [InlineData("gateway", "LLUMNIX_GATEWAY_DISCOVERY_REDIS_HOST")]
    [InlineData("llumlet", "LLUMNIX_LLUMLET_CMS_REDIS_HOST")]
    public async Task Run_HostInTheEnvironment_HidesItsSecret(string program, string variable)
    {
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(new Dictionary<string, string> { [variable] = "redis://:hunter2@h:6379" }, program, "--port=0");
        Assert.Equal(2, exitCode);
        Assert.Contains($"{variable}: the value must be", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, errors, StringComparison.Ordinal);
    }

    /// <summary>What could be connected to before still can.</summary>
    [Theory]
    [InlineData("my_redis-1")]
    [InlineData("_redis.default.svc.")]
    [InlineData("bücher.example")]
    [InlineData("127.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%eth0")]
    public void Validate_HostThatCanBeConnectedTo_IsAccepted(string host) =>
        Assert.Equal((0, $"cms-redis-host={host} (--cms-redis-host)\nvalid\n"), Validate("scheduler", "--cms-redis-host", host));

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%1")]
    public void Validate_HostToListenOn_IsAccepted(string host)
    {
        Assert.Equal(0, Validate("scheduler", "--host", host).ExitCode);
        Assert.Equal(0, Validate("rescheduler", "--host", host).ExitCode);
        Assert.Equal(0, Validate("serve", "--engines=http://a:1", "--host", host).ExitCode);
    }

    /// <summary>A name that is not resolved must not stand for all addresses of the machine, nor a port be dropped.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("127.0.0.1:48910")]
    [InlineData("no_such_host")]
    [InlineData("[::1")]
    [InlineData("[::1]:8002")]
    [InlineData("[::1]:")]
    [InlineData("::1%a b")]
    public void Validate_NoHostToListenOn_IsRefused(string host)
    {
        const string expected = ": the value must be an IP address or localhost, without port";
        string[] serve = ["serve", "--engines=http://a:1"];
        foreach ((string flag, string[] program) in (IEnumerable<(string, string[])>)[
            ("--host", ["scheduler"]), ("--host", ["rescheduler"]), ("--host", ["gateway"]), ("--host", serve),
            ("--console-host", ["scheduler"]), ("--console-host", ["rescheduler"]), ("--console-host", serve)])
        {
            (int exitCode, string output) = Validate([.. program, $"{flag}={host}"]);
            Assert.Equal(2, exitCode);
            Assert.Contains(flag + expected, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("h 1")]
    [InlineData("h/1")]
    [InlineData("h?1")]
    [InlineData("h,g")]
    [InlineData("h:1")]
    [InlineData("[::1]:6379")]
    [InlineData("[::1]:")]
    [InlineData("fe80::1%a=b")]
    [InlineData("h\n")]
    public void Validate_NoHost_IsRefused(string host) => Assert.Contains(
        "--cms-redis-host: the value must be a host name or an IP address, without scheme and port", Validate("scheduler", "--cms-redis-host", host).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("etcd", "--discovery-etcd-endpoints=http://u:hunter2@h:1", "discovery-etcd-endpoints=http://***@h:1")]
    [InlineData("gateway", "--otlp-endpoint=http://h:1?api_key=hunter2", "otlp-endpoint=http://h:1?***")]
    public void Validate_AcceptedAddressWithASecret_IsShownWithoutIt(string program, string flag, string shown)
    {
        (int exitCode, string output) = Validate(program == "etcd" ? "scheduler" : program, flag);
        Assert.Equal(0, exitCode);
        Assert.Contains(shown, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two lines", "hunter2\nx\n")]
    [InlineData("blank", "hunter2 x\n")]
    [InlineData("not ASCII", "hunter2é")]
    [InlineData("empty", "")]
    [InlineData("only a line break", "\n")]
    public async Task Run_TokenFileThatCannotBeUsed_IsRefusedWithItsFlag(string _, string content)
    {
        string file = Write("token", content);
        foreach (string[] args in new string[][] { ["explain", "--token-file", file], ["drain", "a", "--token-file", file], ["top", "--once", "--token-file", file], ["profile", "--compare", "127.0.0.1:1", "--token-file", file] })
        {
            using var errors = new StringWriter();
            int exitCode = await CommandRunner.RunAsync(Root.Create(), args, TextWriter.Null, errors, TestContext.Current.CancellationToken);
            Assert.StartsWith($"error: --token-file: the file \"{file}\" ", errors.ToString(), StringComparison.Ordinal);
            Assert.Equal(2, exitCode);
            Assert.DoesNotContain(Secret, errors.ToString(), StringComparison.Ordinal);
        }

        foreach (string flag in new[] { "service-token", "metrics-token", "console-token", "console-operator-token" })
        {
            (int exitCode, string output) = Validate("scheduler", $"--{flag}-file", file);
            Assert.Equal(2, exitCode);
            Assert.StartsWith($"error: --{flag}-file: ", output, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("LLUMNIX_SCHEDULER_SERVICE_TOKEN", "explain")]
    [InlineData("LLUMNIX_SCHEDULER_SERVICE_TOKEN", "drain", "a")]
    [InlineData("LLUMNIX_SCHEDULER_SERVICE_TOKEN", "top", "--once")]
    [InlineData("LLUMNIX_CONSOLE_TOKEN", "top", "--once")]
    [InlineData("LLUMNIX_SCHEDULER_METRICS_TOKEN", "profile", "--compare", "127.0.0.1:1")]
    [InlineData("OPENAI_API_KEY", "profile", "--endpoint", "127.0.0.1:1", "--model", "m")]
    [InlineData("LLUMNIX_SCHEDULER_SERVICE_TOKEN", "scheduler", "--port=0")]
    [InlineData("LLUMNIX_SCHEDULER_METRICS_TOKEN", "scheduler", "--port=0")]
    public async Task Run_TokenOfTheEnvironmentThatCannotBeSent_IsRefusedWithItsVariable(string variable, params string[] args)
    {
        foreach (string token in new[] { "hunter2é", "hunter2 x", "hunter2\n" })
        {
            (int exitCode, string errors) = await LlumnixProcess.RunAsync(new Dictionary<string, string> { [variable] = token }, args);
            Assert.Contains(variable, errors, StringComparison.Ordinal);
            Assert.Equal(2, exitCode);
            Assert.DoesNotContain(Secret, errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--endpoint", "http://u:hunter2@127.0.0.1:1", "http://127.0.0.1:1/", "engine")]
    [InlineData("--endpoint", "http://127.0.0.1:1?api_key=hunter2", "http://127.0.0.1:1/", "engine")]
    [InlineData("--compare", "http://u:hunter2@127.0.0.1:1", "http://127.0.0.1:1/metrics", "scheduler")]
    [InlineData("--compare", "http://127.0.0.1:1?api_key=hunter2", "http://127.0.0.1:1/metrics", "scheduler")]
    public async Task Profile_NobodyThere_ShowsTheAddressWithoutSecretsAndAHint(string flag, string address, string shown, string server)
    {
        string[] ofEngine = flag == "--endpoint" ? ["--model", "m", "--ttft-output", Path.Combine(_folder.FullName, "ttft.json"), "--tpot-output", Path.Combine(_folder.FullName, "tpot.json")] : [];
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(["profile", flag, address, .. ofEngine]);
        Assert.Equal(1, exitCode);
        Assert.StartsWith(shown, errors, StringComparison.Ordinal);
        Assert.Contains($": nothing listens there; does the {server} run, and is {flag} its address?", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, errors, StringComparison.Ordinal);
        Assert.All(_folder.GetFiles(), static file => Assert.DoesNotContain(Secret, File.ReadAllText(file.FullName), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a: --cms-redis-password=hunter2")]
    [InlineData("a: --cms-redis-password hunter2")]
    [InlineData("a: -cms-redis-password=hunter2")]
    [InlineData("a: --cms_redis_password=hunter2")]
    [InlineData("a: --extra-args=cms-redis-password=hunter2")]
    [InlineData("a: --extra-args cms-redis-password=hunter2")]
    public async Task Simulate_ContestantWithASecret_IsReportedWithoutIt(string contestant)
    {
        string page = Path.Combine(_folder.FullName, "report.html");
        string output = await LlumnixProcess.ReadAsync("simulate", "--requests", "50", "--engines", "2", "--compare", contestant, "--json", "-", "--html", page);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
        Assert.Contains("password=***\"", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gateway", "--scheduler-endpoints", "foo")]
    [InlineData("gateway", "--scheduling-policy=foo", "--scheduler-endpoints", "foo")]
    public void Validate_FlagWithAnError_HasNoWarningOfItsDefault(params string[] args)
    {
        (int exitCode, string output) = Validate(args);
        Assert.Equal(2, exitCode);
        Assert.Contains("error: --scheduler-endpoints: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("names no scheduler", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TwoTlsFilesThatAreMissing_EachIsToldAtItsFlag()
    {
        (int exitCode, string output) = Validate("gateway", "--tls-cert-file=/no/cert.pem", "--tls-key-file=nokey");
        Assert.Equal(2, exitCode);
        Assert.StartsWith(
            "error: --tls-cert-file: the file \"/no/cert.pem\" cannot be read: there is no such file\nerror: --tls-key-file: the file that it names cannot be read: there is no such file\n",
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TlsFilesWithoutACertificate_AreNamed()
    {
        string certificate = Write("cert.pem", Secret);
        string key = Write("key.pem", Secret);
        Assert.StartsWith(
            $"error: --tls-key-file: no certificate with its key could be read from the file \"{certificate}\" and the file \"{key}\": it is not of the form that is needed here (PEM)\n",
            Validate("gateway", "--tls-cert-file", certificate, "--tls-key-file", key).Output,
            StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content, new UTF8Encoding(false));
        return path;
    }

    private static (int ExitCode, string Output) Validate(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Task<int> check = ConfigurationCheck.RunAsync(args, output, TextWriter.Null, TestContext.Current.CancellationToken);
        Assert.True(check.IsCompletedSuccessfully);
        return (check.Result, output.ToString());
    }
}
