// What every page of prospects needs.
import "./prospect-choice.js";
