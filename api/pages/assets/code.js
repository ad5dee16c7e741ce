// A one-time code stands behind the # of its link, where no server sees it. It moves into the form, and out of the address.

const code = document.querySelector("#code");
const given = window.location.hash.slice(1);
if (given && !code.value) {
  code.value = given;
  window.history.replaceState(null, "", window.location.pathname);
}
