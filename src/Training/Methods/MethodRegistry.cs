using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Methods.CoCoOp;
using AdaptCluster.Training.Methods.CoOp;
using AdaptCluster.Training.Methods.KgCoOp;
using AdaptCluster.Training.Methods.Lamm;
using AdaptCluster.Training.Methods.Maple;
using AdaptCluster.Training.Methods.Plot;
using AdaptCluster.Training.Methods.ProGrad;
using AdaptCluster.Training.Methods.Vpt;
using AdaptCluster.Training.Methods.ZeroShot;

namespace AdaptCluster.Training.Methods;

/// <summary>A method that jobs may name.</summary>
/// <param name="Name">One of <see cref="MethodNames"/>.</param>
/// <param name="Trains">Whether its jobs have settings to train by.</param>
/// <param name="Create">Makes it, before its first iteration.</param>
internal sealed record MethodRegistration(string Name, bool Trains, Func<MethodInputs, IMethod> Create);

/// <summary>The methods there are: the one place, beside its own folder, that a new one is written into.</summary>
internal static class MethodRegistry
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<MethodRegistration> All { get; } =
    [
        new(MethodNames.ZeroShot, Trains: false, inputs => new ZeroShotMethod(inputs.Model, inputs.Texts)),
        new(MethodNames.Adapt, Trains: true, inputs =>
            AdaptMethod.Create(inputs.Job, inputs.Model, inputs.Texts, inputs.IterationsPerEpoch)),
        new(MethodNames.CoOp, Trains: true, CoOpMethod.Create),
        new(MethodNames.CoCoOp, Trains: true, CoCoOpMethod.Create),
        new(MethodNames.Vpt, Trains: true, VptMethod.Create),
        new(MethodNames.Plot, Trains: true, PlotMethod.Create),
        new(MethodNames.Maple, Trains: true, MapleMethod.Create),
        new(MethodNames.ProGrad, Trains: true, ProGradMethod.Create),
        new(MethodNames.KgCoOp, Trains: true, KgCoOpMethod.Create),
        new(MethodNames.Lamm, Trains: true, LammMethod.Create),
    ];

    /// <summary>Finds a method.</summary>
    /// <exception cref="InvalidInputException">There is none of that name.</exception>
    internal static MethodRegistration Find(string name) => All.FirstOrDefault(method => method.Name == name)
        ?? throw new InvalidInputException($"There is no method '{name}'; give {string.Join(", ", All.Select(method => method.Name))}.");
}
