using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods;

/// <summary>Creates a method. Each class derived from <see cref="MethodDescriptor"/> must implement this interface.</summary>
public interface IMethodFactory
{
    /// <summary>Creates the method in its initial state. If the method trains, the result is an <see cref="ITrainableMethod"/>.</summary>
    /// <param name="inputs">The job, its data and its backbone.</param>
    /// <exception cref="Contracts.InvalidInputException">A setting is out of range, or the backbone cannot run the job.</exception>
    IMethod Create(MethodInputs inputs);
}
