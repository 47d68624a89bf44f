namespace Llumnix.Deploy.Tests.Documents;

/// <summary>Every row of the table of failures in docs/operations.md has tests that show what it says.</summary>
public sealed class FailureTableTests
{
    /// <summary>The first cell of a row, and the tests that show it, as class and method.</summary>
    private static readonly Dictionary<string, string[]> TestsOfRows = new()
    {
        ["Redis is away (full mode)"] =
        [
            "StoreFaultTests.Decisions_RedisKilledAndRestarted_GoOnAndRecover",
            "StoreFaultTests.Decisions_RedisPaused_GoOnThenStoreNotAvailableThenRecover",
            "FullModeSchedulerTests.Schedule_StoreDown_LastViewServesUntilItIsStale",
        ],
        ["Redis answers, but nobody can write into it: out of memory, MISCONF, a demoted or frozen replica (full mode)"] =
        [
            "SilentStoreTests.Decisions_NobodyCanWrite_GoOnThenStoreNotAvailableThenRecover",
            "SilentStoreTests.Decisions_Misconf_GoOnThenStoreNotAvailableThenRecover",
            "FullModeSchedulerTests.Schedule_NothingChangesAnyMore_StoreNotAvailableUntilItDoes",
            "InstanceTableTests.CompletePoll_KeysExpireWhileNobodyCanWrite_StayUntilTheWindowAfterSomebodyDoes",
        ],
        ["Redis comes back empty, or an empty one is in its place (full mode)"] =
        [
            "SilentStoreTests.Decisions_RedisIsAnEmptyOne_GoOnThenStoreNotAvailableThenRecover",
            "InstanceTableTests.CompletePoll_KeysGoneInANewRun_InstancesStayUntilTheWindowAfterTheFirstIsBack",
            "CmsSourceAvailabilityTests.Run_ServerRestartsEmpty_KnownInstancesStayForTheRebuildWindow",
        ],
        ["Redis is flushed"] =
        [
            "SilentStoreTests.Decisions_FlushedWhileTheEnginesLive_NeverFail",
            "InstanceTableTests.CompletePoll_AllGoneAtOnceAndOneComesBack_TheOtherLeavesAfterSeconds",
            "StoreFaultTests.Decisions_RedisFlushed_EndpointNotFoundUntilTheKeysAreBack",
        ],
        ["Redis or etcd is away (lite mode)"] =
        [
            "RedisDiscoveryAvailabilityTests.Run_ServerAwayForLongerThanTheTtl_ListStaysWhileItIsWrittenAgain",
            "EtcdDiscoveryFaultTests.Run_WholeClusterDownAndBack_ListStaysThenChangesAreSeen",
        ],
        ["a name of `--discovery-dns-names` cannot be looked up"] = ["DnsDiscoveryTests.Run_LookupFails_ItsInstancesStay_OthersFollow"],
        ["all names of `--discovery-dns-names` have no address"] = ["DnsDiscoveryTests.Run_AllEmptyAtOnce_ListStaysForTheWindow"],
        ["the API server of Kubernetes is away, or denies the list of pods"] = ["KubernetesDiscoveryFaultTests.Run_ListFails_LastListStays"],
        ["the API server denies the watch of pods"] = ["KubernetesDiscoveryFaultTests.Run_WatchIsDenied_ListsGoOn"],
        ["a connection to the API server is dead, but not closed"] = ["KubernetesDiscoveryFaultTests.Run_ConnectionIsDead_ListIsReadOverAnotherOne"],
        ["all pods of engines, or all of a role, lose Ready"] = ["KubernetesDiscoveryTests.Run_PodTakesNoRequests_LeavesAndComesBack"],
        ["Redis answers, but nobody can write into it (lite mode)"] =
        [
            "LiteModeSilentStoreTests.Decisions_NoEntryInRedisChangesAnyMore_GoOnAndNothingIsForgotten",
            "PolledPodsTests.Poll_EverybodyStopsWriting_TheListStaysAndIsSilentAfterTheTtl",
        ],
        ["an empty Redis or etcd is in the place of the old one (lite mode)"] =
        [
            "LiteModeSilentStoreTests.Decisions_RedisIsAnEmptyOne_GoOnAndNothingIsForgotten",
            "LiteModeSilentStoreTests.Decisions_EtcdIsAnEmptyOne_GoOnAndNothingIsForgotten",
            "PolledPodsTests.Poll_StoreIsAnEmptyOne_ListStaysUntilTheWindowAfterTheFirstIsBack",
            "EtcdDiscoveryFaultTests.Run_WholeClusterRestartedEmpty_ListStaysUntilTheFirstIsBackAndHasHadTime",
        ],
        ["something else than Redis answers, or a Redis that sends what none would"] =
        [
            "HostileStoreTests.Process_StoreForgesLengths_LivesAndTellsItOnce",
            "CheckedRepliesTests.Connect_AnyBytesForAnAnswer_IsAnErrorThatNamesTheServer",
            "CheckedRepliesTests.Read_ServerForgesALength_ErrorSaysWhatItSent",
        ],
        ["a value of an instance is larger than 1 MiB (in discovery 1.5 MiB)"] =
        [
            "CmsSourceValueTests.Run_AValueOf100Megabytes_IsSkippedAndTheOthersGoOn",
            "RedisDiscoveryRightsTests.Run_AValueOf100Megabytes_IsSkippedAndTheOthersGoOn",
            "InstanceTableTests.Update_OversizeValue_KeepsTheGoodOneAndChangesOnce",
        ],
        ["a right is missing in Redis"] =
        [
            "CmsSourceRightsTests.Run_OneRightIsMissing_ErrorNamesTheCommandAndTheRights",
            "RedisDiscoveryRightsTests.Run_OneRightIsMissing_ErrorNamesTheCommandAndTheRights",
        ],
        ["the fleet is scaled to zero"] =
        [
            "SilentStoreTests.Decisions_FleetIsScaledToZero_EndpointNotFoundAndReady",
            "InstanceTableTests.CompletePoll_SeveralGoneAndNobodyComesBack_WereTakenOut",
            "FullModeSchedulerTests.Schedule_NothingChangesAnyMore_StoreNotAvailableUntilItDoes",
        ],
        ["dead pods leave their entries in Redis (lite mode)"] =
        [
            "PolledPodsTests.Poll_FirstSight_WhatIsOldByEveryClockIsHeldBackUntilItChanges",
            "PolledPodsTests.Poll_FirstSightWithOurClockBehind_LeftoversThatLookFreshLeaveAfterTheTtl",
            "PolledPodsTests.Poll_VeryManyLeftovers_TheLivingAreInAndReadsAreBounded",
        ],
        ["an engine hangs"] =
        [
            "DeadEngineTests.Schedule_EngineHangs_StaleAfterTheLimitWithItsFailureDomain",
            "HealthProbeTests.Probe_ServerAcceptsAndIsSilent_NoAnswerAfterTheTimeout",
            "SilentInstanceProberTests.Probe_FailsOtherwise_OutAfterThreeInARow",
            "UnreachableInstancesTests.Refresh_UnreachableInstanceBecomesStale_OnlyThenItsDomainIsOut",
        ],
        ["an engine crashes"] =
        [
            "DeadEngineProcessTests.Schedule_EngineIsKilled_GetsNoRequestAfterTheProbeAndIsBackWhenItRunsAgain",
            "DeadEngineTests.Schedule_EngineCrashes_StaleUntilItLeavesWithItsKeys",
            "CmsSourceMembershipTests.Run_KeysOfOneExpire_ItLeavesAndTheOthersStay",
            "FleetGatewayTests.Post_EngineHasCrashed_EveryRequestIsServedByTheOther",
        ],
        ["more engines are dead at once than `--max-unreachable-percent` of the healthy ones"] =
        [
            "UnreachableInstancesTests.TakeProbe_MoreThanTheShare_TheFirstOnesAreOutAndTheNextFollow",
            "FleetWatchTests.Look_OtherConditions_NamedToo",
        ],
        ["all statuses stop and no engine can be reached from the scheduler"] =
        [
            "UnreachableInstancesTests.TakeProbe_EveryInstanceIsUnreachable_NoneIsOut",
            "SilentInstanceProberTests.Probe_AllStatusesStopAndNoneAnswers_NoneIsOut",
        ],
        ["an engine restarts"] =
        [
            "FullModeSchedulerTests.Synchronize_RestartedEngine_SmallUpdateIdCountsAndTheLedgerStartsAfresh",
            "LiteModeSchedulerTests.Synchronize_HigherVersion_StatesAreVoidAndALateReleaseFreesNothingNew",
        ],
        ["the clock of an engine, a sidecar, all of them or our own is wrong or set"] =
        [
            "FullModeClockTests.Schedule_ClockOfOneIsSet_LivesAndItsLoadIsTaken",
            "FullModeClockTests.Schedule_ClocksOfAllAreSetBack_GoesOn",
            "FullModeClockTests.Schedule_SchedulerStartsWithAWrongClock_SchedulesAtOnce",
            "FullModeClockTests.Schedule_StatusFarBehindTheOthersAtItsFirstSighting_WorksFromItsFirstChange",
            "FullModeClockTests.Predictions_OurOwnClockIsSet_AreThoseOfBefore",
            "PolledPodsTests.Poll_ClocksThatAreWrong_DecideNothing",
        ],
        ["a prompt is longer than the whole KV cache of some instances"] =
        [
            "PromptCapacityTests.Schedule_Neutral_GoesWhereThePromptFits",
            "PromptCapacityTests.Schedule_NobodyHoldsThePrompt_TooLongForGood",
            "SchedulerHostTests.Schedule_PromptLongerThanAnyKvCache_429WithTheReason",
        ],
        ["the KV metadata service is away"] =
        [
            "PrefixHitLookupFailureTests.Find_ServiceFails_TriesThenLeavesItAloneThenOneTryIsEnough",
            "PrefixHitLookupFailureTests.Find_RealMasterGoneAndBack_IsAskedAfterTheWindow",
            "CacheAwareHostTests.Schedule_StoreHangs_IsPlacedWithoutHits",
        ],
        ["the KV metadata service is slow"] = ["PrefixHitLookupRoundsTests.Find_BudgetRunsOut_WhatIsKnownByThenIsUsedAndTold"],
        ["somebody floods the scheduler with connections or bodies"] =
        [
            "ConnectionLimitTests.Connect_OverTheLimit_ProbesAreAnsweredAndTheRestIsTold503",
            "BodyRefusalTests.Schedule_MemoryForBodiesIsTaken_503ForTheNextLargeOneOnly",
            "GatewaySlotsTests.TryEnter_OneAddressTakesAllItMay_AnotherStillEnters",
        ],
        ["many scrape `/metrics`"] =
        [
            "MetricsPageTests.Get_ManyAtATime_OnePageIsMadeForAll",
            "MetricsPageTests.Get_WithinASecond_IsTheSamePageAndThenANewOne",
        ],
        ["the listener's certificate files are broken"] = ["ListenerCertificateTests.Refresh_FilesAreGoneOrGarbage_TheLastGoodOneStaysAndItIsToldOnce"],
        ["the scheduler is told to stop"] = ["ShutdownTests.Sigterm_BusyConnections_NoRequestIsLost"],
        ["the scheduler dies"] = ["StoreFaultTests.Start_StoreHoldsAFleet_ReadyAfterOneRead"],
        ["a gateway dies (lite mode)"] =
        [
            "LiteModeHostTests.Gateway_KilledWithSigkill_ItsStatesAreGoneAndOthersStay",
            "KeepAliveEndpointTests.Gateway_AnswersPings_StaysWhileOneThatDoesNotIsGone",
        ],
        ["a gateway reports nonsense, re-uses ids or claims to be another one (lite mode)"] =
        [
            "LiteModeHostTests.Gateway_ActsOnAnothersRequests_ChangesNothing",
            "RequestStateOwnershipTests.Schedule_IdThatAnotherGatewayUses_BothCount",
            "RequestStateOwnershipTests.Report_AbsurdTokens_CountNoMoreThanTheBound",
            "RequestStateOwnershipTests.OnGatewayConnected_ClaimOfAProvenId_NeitherFreesNorKeepsAnything",
            "ReportReaderTests.Read_AnyBytes_NeverThrows",
        ],
        ["the network between scheduler and gateway is slow"] =
        [
            "BodyRefusalTests.Post_BodyIsOnItsWay_OthersAreAnsweredMeanwhile",
            "BodyRefusalTests.Post_BodyStalls_408",
            "EngineFaultTests.Post_EngineHangs_IsEndedWithATimeout",
        ],
        ["a migration fails"] =
        [
            "MigrationBackOffTests.Execute_SourceKeepsFailing_IsLeftAloneForLongerAndLonger",
            "MigrationBackOffTests.Execute_BackOff_TellsWhenItBeginsAndEnds",
            "MigrationFaultTests.Migrate_DestinationCrashesDuringTheCopy_GoesOnAtTheSource",
        ],
        ["an engine comes back under a new id at its old address"] = ["FailoverDomainTests.Health_ReplacedAtItsAddress_SuccessorAndNodeStay"],
        ["an engine says that it takes no requests (unschedulable)"] =
        [
            "FailoverDomainTests.Health_DrainedInstance_ItsNeighboursStay",
            "FullModeSchedulerTests.Schedule_AllUnschedulable_NoAvailableEndpoint",
            "ReschedulerHostTests.Run_UnschedulableInstance_ItsRequestsAreSentElsewhere",
        ],
        ["an engine is drained by an order, or its pod terminates"] =
        [
            "DrainUnderLoadTests.Run_EngineUnderLoad_IsEmptiedAndEveryAnswerIsWhole",
            "KubernetesDiscoveryTests.Run_PodTerminates_IsAnInstanceThatTerminatesUntilItIsGone",
            "FullModeDrainTests.Synchronize_DrainingInstanceFallsSilent_ItsNodeGoesOn",
        ],
        ["all instances of a role drain"] = ["FullModeDrainTests.Schedule_AllDrain_IsRefusedAndExplained"],
    };

    [Fact]
    public void Table_Rows_AreThoseThatHaveTests() => Assert.Equal(Rows().Order(), TestsOfRows.Keys.Order());

    [Fact]
    public void Table_TestsOfRows_AreThere()
    {
        Assert.DoesNotContain(TestsOfRows, static row => row.Value.Length == 0);
        Assert.Empty(TestsOfRows.Values.SelectMany(static tests => tests).Except(TestSources.Methods));
    }

    private static IEnumerable<string> Rows() => Checkout.Read("docs/operations.md").Split('\n')
        .SkipWhile(static line => line != "## What fails, and what happens then")
        .SkipWhile(static line => !line.StartsWith('|'))
        .TakeWhile(static line => line.StartsWith('|'))
        .Skip(2)
        .Select(static line => line.Split('|')[1].Trim());
}
