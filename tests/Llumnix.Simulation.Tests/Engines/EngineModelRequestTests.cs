using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class EngineModelRequestTests
{
    [Theory]
    [InlineData(64, 1, AdmissionResult.Accepted)]
    [InlineData(1, 64, AdmissionResult.Accepted)]
    [InlineData(65, 1, AdmissionResult.TooLong)]
    [InlineData(2, 64, AdmissionResult.TooLong)]
    [InlineData(int.MaxValue, int.MaxValue, AdmissionResult.TooLong)]
    [InlineData(0, 1, AdmissionResult.Empty)]
    [InlineData(1, 0, AdmissionResult.Empty)]
    public void Add_Lengths_AreCheckedAgainstTheCapacity(int prompt, int output, AdmissionResult expected)
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 4));

        Assert.Equal(expected, engine.Add("a", prompt, output));
        Assert.Equal(expected == AdmissionResult.Accepted ? 1 : 0, engine.Model.WaitingCount);
    }

    [Fact]
    public void Add_IdInUse_IsRefusedUntilItEnds()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 1, output: 1);

        Assert.Equal(AdmissionResult.DuplicateId, engine.Add("a", prompt: 1, output: 1));
        engine.Step();
        Assert.Equal(AdmissionResult.Accepted, engine.Add("a", prompt: 1, output: 1));
    }

    [Fact]
    public void Add_QueueFull_IsRefused()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { MaxWaitingRequests = 1 });
        engine.Add("a", prompt: 1, output: 1);

        Assert.Equal(AdmissionResult.QueueFull, engine.Add("b", prompt: 1, output: 1));
    }

    [Fact]
    public void Abort_EachPhase_FreesEverything()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { MaxBatchedTokens = 50 });
        engine.Add("held", prompt: 10, output: 1, role: InferType.Prefill);
        engine.Add("decoding", prompt: 10, output: 9);
        engine.Add("loading", prompt: 1000, output: 9, role: InferType.Decode);
        engine.Add("prefilling", prompt: 100, output: 9);
        engine.Add("waiting", prompt: 10, output: 9);
        engine.Step();
        InstanceStatus status = engine.Status();
        Assert.Equal((1, 2, 1, 1), (status.WaitingRequestCount, status.RunningRequestCount, status.LoadingRequestCount, engine.Model.AwaitingPullCount));

        foreach (string id in new[] { "held", "decoding", "loading", "prefilling", "waiting" })
        {
            Assert.True(engine.Model.Abort(id), id);
            Assert.False(engine.Model.Abort(id), id);
        }

        Assert.Equal(0, engine.Model.UsedBlocks);
        Assert.Empty(engine.RunUntilIdle());
    }

    [Fact]
    public void Abort_DuringAStep_LeavesTheOthersAlone()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 10, output: 2);
        engine.Add("b", prompt: 10, output: 2);
        engine.Model.TryBeginStep(engine.Now, out TimeSpan duration);
        engine.Model.Abort("a");

        // The step was formed with both prompts.
        Assert.Equal(30, duration.TotalMilliseconds);
        StepEvent only = Assert.Single(engine.Model.CompleteStep(engine.Now).ToArray());
        Assert.Equal(("b", StepEventKind.Token), (only.Request.Id, only.Kind));
    }

    [Fact]
    public void CompleteStep_Context_ComesBackWithTheEvent()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        var mine = new object();
        engine.Model.Add(new EngineRequest { Id = "a", PromptTokens = 1, OutputTokens = 1, Context = mine }, TimeSpan.Zero);
        engine.Model.TryBeginStep(TimeSpan.Zero, out _);

        Assert.Same(mine, engine.Model.CompleteStep(TimeSpan.Zero)[0].Request.Context);
    }

    [Theory]
    [InlineData("MaxBatchedTokens")]
    [InlineData("KvCapacityTokens")]
    [InlineData("TokensPerContentId")]
    [InlineData("KvTransferBytesPerSecond")]
    [InlineData("Noise")]
    public void Constructor_ValueOutOfRange_NamesIt(string name)
    {
        EngineConfiguration bad = name switch
        {
            "MaxBatchedTokens" => new() { MaxBatchedTokens = 0 },
            "KvCapacityTokens" => new() { KvCapacityTokens = 15 },
            "TokensPerContentId" => new() { TokensPerContentId = 24 },
            "KvTransferBytesPerSecond" => new() { KvTransferBytesPerSecond = double.NaN },
            _ => new() { Noise = -0.1 },
        };

        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new EngineModel(bad)).Message, StringComparison.Ordinal);
    }
}
