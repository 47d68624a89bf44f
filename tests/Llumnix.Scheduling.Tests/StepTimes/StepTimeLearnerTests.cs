using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.Tests.StepTimes;

public sealed class StepTimeLearnerTests
{
    [Fact]
    public void Record_EnoughSamples_FitsFromThenOn()
    {
        var learner = new StepTimeLearner(warmUpSamples: 3);
        learner.Record(1, 100, 20, 8192);
        learner.Record(2, 200, 30, 8192);
        Assert.Null(learner.Model);
        learner.Record(3, 300, 40, 8192);
        Assert.Equal(10 + 50, learner.Model!.At(500), 1e-6);
    }

    [Fact]
    public void Record_NoNewOrImpossibleSample_IsNotTaken()
    {
        var learner = new StepTimeLearner(warmUpSamples: 1);
        learner.Record(-1, 100, 20, 8192);
        learner.Record(0, 100, 20, 8192);
        learner.Record(4, 0, 20, 8192);
        learner.Record(5, 100, 0, 8192);
        learner.Record(6, 100, double.NaN, 8192);
        learner.Record(7, 100, double.PositiveInfinity, 8192);
        Assert.Null(learner.Model);
        learner.Record(8, 100, 20, 8192);
        learner.Record(8, 100, 90, 8192);
        learner.Record(3, 100, 90, 8192);
        Assert.Equal(20, learner.Model!.At(100), 1e-9);
    }

    [Fact]
    public void Record_EngineBecomesSlower_ModelFollows()
    {
        var learner = new StepTimeLearner(warmUpSamples: 20);
        for (int id = 1; id <= 1000; id++)
        {
            learner.Record(id, 100 * (1 + (id % 7)), (id <= 500 ? 1 : 3) * (10 + (10 * (1 + (id % 7)))), 8192);
        }

        Assert.Equal(3 * 60, learner.Model!.At(500), 1e-6);
    }
}
